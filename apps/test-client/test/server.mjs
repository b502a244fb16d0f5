// A stand-in for the app-server: one thread, one turn, one question; the answer to it comes back as a message.
import { createInterface } from 'node:readline';

const send = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
const turn = (status) => ({ threadId: 't', turn: { id: 'u', items: [], status, error: null } });
const question = JSON.parse(process.env.QUESTION ?? '{"method":"item/fileChange/requestApproval","params":{}}');

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params, result, error } = JSON.parse(line);
  if (method === undefined) {
    const item = { type: 'agentMessage', id: 'm', text: JSON.stringify(result ?? error), phase: null };
    send({ method: 'item/completed', params: { threadId: 't', turnId: 'u', item } });
    send({ method: 'turn/completed', params: turn(process.env.ENDS ?? 'completed') });
  } else if (method === 'thread/start') send({ id, result: { thread: { id: 't' } } });
  else if (method === 'thread/resume') send({ id, result: { thread: { id: params.threadId } } });
  else if (method === 'turn/start') {
    send({ id, result: { turn: { id: 'u' } } });
    send({ method: 'turn/started', params: turn('inProgress') });
    send({ id: 0, ...question });
  } else if (method === 'nonsense') send({ id, error: { code: -32600, message: 'unknown method' } });
  else if (method === 'die') process.exit(3);
  else if (id !== undefined) send({ id, result: { asked: method, params } });
});
