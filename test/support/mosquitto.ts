import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import mqtt, { type MqttClient } from 'mqtt';
import { freePort } from '../../tools/node-red/start';

/** Debian keeps it where only root looks. */
const PATH = `${process.env.PATH}:/usr/sbin:/usr/local/sbin`;

/** A real Mosquitto on a port of its own, and who listens to it. */
export class Mosquitto {
  readonly #clients: MqttClient[] = [];

  private constructor(
    readonly port: number,
    /** Goes on to hold its connections and answers nobody, as behind a cable that was pulled. */
    readonly hang: () => void,
    readonly stop: () => Promise<void>,
  ) {}

  /** Resolves once it answers. */
  static async start(port?: number): Promise<Mosquitto> {
    const at = port ?? (await freePort());
    const broker = spawn('mosquitto', ['-p', String(at)], { stdio: 'ignore', env: { ...process.env, PATH } });
    const failed = once(broker, 'error').then(([error]) => Promise.reject(error as Error));
    const gone = once(broker, 'exit');
    const ended = gone.then(([code]) => Promise.reject(new Error(`mosquitto ended: ${code}`)));
    await Promise.race([failed, ended, answering(at)]);
    for (const promise of [failed, ended]) promise.catch(() => {});
    const mosquitto: Mosquitto = new Mosquitto(
      at,
      () => broker.kill('SIGSTOP'),
      async () => {
        await Promise.all(mosquitto.#clients.map((client) => client.endAsync(true)));
        broker.kill();
        broker.kill('SIGCONT');
        await gone;
      },
    );
    return mosquitto;
  }

  async client(): Promise<MqttClient> {
    const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${this.port}`);
    this.#clients.push(client);
    return client;
  }
}

async function answering(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const answered = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
