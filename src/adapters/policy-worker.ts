import { type MessagePort, workerData } from 'node:worker_threads';
import { openPolicyProgram } from './policy-program.ts';
import { policyServer, type Request } from './policy-worker-protocol.ts';

/** Entry of the thread in which policies run that are not trusted; whoever asks sleeps on `flag`. */
const { port, flag } = workerData as { readonly port: MessagePort; readonly flag: Int32Array };
const answer = policyServer(openPolicyProgram);

const send = (reply: ReturnType<typeof answer>): void => {
  port.postMessage(reply);
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
};
port.on('message', (request: Request) => {
  send(answer(request));
});
send({ kind: 'done' });
