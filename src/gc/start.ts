/** V8 options that only count on the command line; sizes in MB, as V8 takes them. */
export interface StartOptions {
  'max-old-space-size': number;
  'max-semi-space-size': number;
}

/** One and the same set of options, as each way of starting Node-RED wants it written. */
export interface StartLines {
  /** The value of NODE_OPTIONS. */
  nodeOptions: string;
  /** For a drop-in such as `/etc/systemd/system/nodered.service.d/memory.conf`. */
  systemd: string;
  /** Behind `docker run`. */
  docker: string;
  /**
   * Name and value under Settings → Environment of a FlowFuse instance. A device's agent puts its own
   * `--max_old_space_size` on the command line, which wins: there it is `heapSize`, in MB, in device.yml.
   */
  flowfuse: string;
}

const MB = 1_048_576;
/** Below this Node-RED 4 does not get through its own start. */
const LEAST_OLD_SPACE_MB = 48;

/**
 * Sizes for a process that may use `budget` bytes in all. `besideHeap` is what it uses outside V8's heap: code,
 * stacks, Buffers (bytes; 40 MB is what a quiet Node-RED needs). Half of new space's three parts is kept free
 * beside the old space, because a heap limit chosen too large is no limit and one too small ends the process.
 */
export function startOptions(budget: number, besideHeap = 40 * MB): StartOptions {
  const semi = budget >= 512 * MB ? 8 : budget >= 256 * MB ? 4 : 2;
  const old = Math.floor((budget * 0.95 - besideHeap) / MB) - 3 * semi;
  return { 'max-old-space-size': Math.max(LEAST_OLD_SPACE_MB, old), 'max-semi-space-size': semi };
}

/** The lines to set. NODE_OPTIONS takes only some of V8's options; all of these are among them on Node 20 to 24. Null for none. */
export function startLines(options: Partial<StartOptions>): StartLines | null {
  const nodeOptions = Object.entries(options)
    .map(([name, value]) => `--${name}=${value}`)
    .join(' ');
  if (nodeOptions === '') return null;
  const old = options['max-old-space-size'];
  const variable = `NODE_OPTIONS = ${nodeOptions}`;
  return {
    nodeOptions,
    systemd: `[Service]\nEnvironment="NODE_OPTIONS=${nodeOptions}"`,
    docker: `--env NODE_OPTIONS="${nodeOptions}"`,
    flowfuse: old === undefined ? variable : `${variable}\ndevice.yml: heapSize: ${old}`,
  };
}
