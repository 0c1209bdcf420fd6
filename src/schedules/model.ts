/**
 * What a schedule did in one of its minutes: it `started` what it is for, or `skipped` it because what it had started
 * before was still under way, or it was paused; or it `failed` to start.
 */
export const tickOutcomes = ['started', 'skipped', 'failed'] as const
export type TickOutcome = (typeof tickOutcomes)[number]
