import { join } from 'node:path'
import { type KillBench, type KillPhase, killBench, killPhases } from '../../test/helpers/kill-ingest.ts'
import { temporaryDirectory } from '../../test/helpers/temporary.ts'
import { root } from './build.ts'
import { startPostgres } from './postgres.ts'

const killCount = Number(process.argv[2] ?? 200)
const rowCount = 50_000

await using server = await startPostgres(root)
let faultCount = 0
for (const engine of ['sqlite', 'postgres'] as const) {
  await using directory = await temporaryDirectory()
  const bench = await killBench({
    engine,
    program: [process.execPath, join(root, 'src/main.ts')],
    folder: directory.path,
    rowCount,
    serverUrl: server.url,
  })
  try {
    faultCount += await killMany(bench)
  } finally {
    await bench.close()
  }
}
process.exitCode = faultCount === 0 ? 0 : 1

/** Spreads the kills over the phases, each at evenly spread moments. @returns how many trials went wrong */
async function killMany(bench: KillBench): Promise<number> {
  const durations = killPhases.map((phase) => `${phase} ${bench.durations[phase].toFixed(0)} ms`)
  console.log(`${bench.engine}: ${rowCount} rows; undisturbed: ${durations.join(', ')}`)
  const counts = new Map<KillPhase | null, number>()
  const states = new Map<string, number>()
  let faulty = 0
  const share = Math.ceil(killCount / killPhases.length)
  for (const phase of killPhases) {
    for (let n = 0; n < share; n++) {
      const trial = await bench.trial(phase, (n + 0.5) / share)
      counts.set(trial.phase, (counts.get(trial.phase) ?? 0) + 1)
      const change = `${trial.afterKill} → ${trial.afterRestart}`
      states.set(change, (states.get(change) ?? 0) + 1)
      const isWrong = trial.faults.length > 0 || change.includes('neither')
      if (!isWrong) continue
      faulty++
      console.log(`  killed in ${trial.phase} (${phase} ${n}): ${change} ${trial.faults.join('; ')}`)
    }
  }
  for (const phase of killPhases) console.log(`  killed in ${phase}: ${counts.get(phase) ?? 0}`)
  console.log(`  ended before the kill: ${counts.get(null) ?? 0}`)
  for (const [state, count] of states) console.log(`  catalog ${state}: ${count}`)
  console.log(`  trials with faults: ${faulty}`)
  return faulty
}
