// Carries one TCP connection of a guest, which QEMU hands over as the standard input, to the unix socket that is named by
// the only argument. It ends with the connection.
import { connect, Socket } from 'node:net';
import process from 'node:process';

const STANDARD_INPUT = 0;

const guest = new Socket({ fd: STANDARD_INPUT, allowHalfOpen: true });
const service = connect({ path: process.argv[2] ?? '', allowHalfOpen: true });

guest.pipe(service);
service.pipe(guest);

// A service that is gone looks to the guest like one that hangs up: what Node would print is a part of the connection.
for (const end of [guest, service]) end.on('error', () => process.exit(1));
