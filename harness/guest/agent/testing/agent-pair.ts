import { onTestFinished } from 'vitest';

import { scratchDirectory } from '../../../util/testing/scratch.ts';
import { Deadlines } from '../../../qemu/deadlines.ts';
import { Deadline } from '../../../util/deadline.ts';
import { GuestAgent } from '../agent.ts';
import { ScriptedAgent } from './scripted-agent.ts';

export const soon = (ms = 60_000): Deadline => Deadline.after(ms, 'the scripted agent');

/** Both ends of one port: the harness's, and a guest that the test plays. */
export async function agentPair(): Promise<{ agent: GuestAgent; guest: ScriptedAgent }> {
  const scratch = await scratchDirectory();
  const guest = await ScriptedAgent.listen(scratch('agent.sock'));
  const agent = await GuestAgent.connect(scratch('agent.sock'), soon(), new Deadlines('the agent', 1));
  onTestFinished(async () => {
    await agent.close();
    await guest[Symbol.asyncDispose]();
  });
  return { agent, guest };
}

/** The same, with the first sync done. */
export async function syncedPair(): Promise<{ agent: GuestAgent; guest: ScriptedAgent }> {
  const pair = await agentPair();
  const ready = pair.agent.waitUntilReady(soon());
  await pair.guest.sync();
  await ready;
  return pair;
}
