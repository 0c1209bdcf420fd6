import { readdirSync, readFileSync } from 'node:fs'

/** Whether a process is there; one that nobody has collected yet is gone. Needs /proc. */
export function processState(pid: number): 'alive' | 'gone' {
  const state = statOf(pid)?.state
  return state === undefined || state === 'Z' || state === 'X' ? 'gone' : 'alive'
}

/** Processes that a process has started, with their command lines, and theirs, and so on. Needs /proc. */
export function descendants(pid: number): { pid: number; command: string }[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((each) => processState(each) === 'alive')
  const below = (parent: number): number[] =>
    all.filter((each) => statOf(each)?.parent === parent).flatMap((each) => [each, ...below(each)])
  return below(pid).map((each) => ({ pid: each, command: commandOf(each) }))
}

function statOf(pid: number): { state: string; parent: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may hold anything, so the fields are counted from behind it.
    const [state, parent] = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { state: state!, parent: Number(parent) }
  } catch {
    return null
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
  } catch {
    return ''
  }
}
