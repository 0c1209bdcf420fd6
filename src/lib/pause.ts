import { setTimeout as delay } from 'node:timers/promises'

/** Waits; an aborted signal ends the waiting early, without an error. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => {})
}
