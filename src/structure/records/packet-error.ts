/** What is wrong with a packet: cut short, damaged, of a newer version, or no packet at all. */
export class PacketError extends Error {
  override readonly name = 'PacketError';

  constructor(reason: string) {
    super(`packet: ${reason}`);
  }
}
