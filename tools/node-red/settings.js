// Settings of the Node-RED that tests and demo start. What varies comes by environment.
module.exports = {
  uiHost: '127.0.0.1',
  flowFile: 'flows.json',
  credentialSecret: false,
  nodesDir: [require('node:path').join(__dirname, 'harness')],
  runtimeState: { enabled: true, ui: true },
  telemetry: { enabled: false, updateNotification: false },
  editorTheme: { tours: false, projects: { enabled: false }, palette: { catalogues: [] } },
  externalModules: { autoInstall: false },
  functionExternalModules: true,
  contextStorage: JSON.parse(process.env.HEADROOM_CONTEXT_STORAGE ?? '{"default":{"module":"memory"}}'),
  logging: { console: { level: 'info', metrics: false, audit: false } },
  ...JSON.parse(process.env.HEADROOM_SETTINGS ?? '{}'),
};
