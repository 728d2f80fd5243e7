import os from 'node:os';
import { resolve } from 'node:path';
import {
  budgetResource,
  fileResource,
  noResource,
  permitResource,
  type Resource,
  type TemporaryResource,
  temporaryFile,
  temporaryFolder,
} from '../../src';
import type { ScopeConfig } from './config';

/** The part of Node-RED's settings that says where files go. */
export interface Folders {
  userDir?: string;
  fileWorkingDirectory?: string;
}

/** Below the user folder, not the system's folder for temporary files: that one often is in memory. */
const TEMPORARIES = 'headroom-scopes';

/** The resource that a scope's config asks for. */
export function openResource(config: ScopeConfig, settings: Folders): Resource | TemporaryResource {
  const { resource, suffix, access, count } = config;
  const home = settings.userDir || os.tmpdir();
  switch (resource) {
    case 'temp-folder':
      return temporaryFolder({ folder: resolve(home, config.folder || TEMPORARIES) });
    case 'temp-file':
      return temporaryFile({ folder: resolve(home, config.folder || TEMPORARIES), suffix });
    case 'file':
      return fileResource({
        folder: resolve(home, config.folder || settings.fileWorkingDirectory || ''),
        access,
      });
    case 'permit':
      return permitResource({ ...config, count });
    case 'budget':
      return budgetResource(config);
    case 'none':
      return noResource();
  }
}

/** The TypedInput that says what one message demands of the resource; null where all demand the same. */
export function demandField({ resource, ...config }: ScopeConfig): { value: string; type: string } | null {
  if (resource === 'file') return { value: config.path, type: config.pathType };
  if (resource === 'permit') return { value: config.permit, type: config.permitType };
  if (resource === 'budget') return { value: String(config.budgetBytes), type: config.budgetBytesType };
  return null;
}

/** Where the resource goes when nobody says: a path or a file takes the payload's place, figures leave it alone. */
export function propertyOf({ resource, property }: ScopeConfig): string | null {
  if (resource === 'none') return null;
  if (property !== '') return property;
  return resource === 'permit' || resource === 'budget' ? resource : 'payload';
}
