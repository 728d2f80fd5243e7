import os from 'node:os';

/** Where and when something was measured. */
export function machineLine(): string {
  const cpus = os.cpus();
  const memory = `${Math.round(os.totalmem() / 2 ** 30)} GiB`;
  const day = new Date().toISOString().slice(0, 10);
  return `*${cpus.length} × ${cpus[0]?.model.trim() ?? os.arch()}, ${memory}, ${os.type()} ${os.release()}, Node.js ${process.version}, ${day}*`;
}
