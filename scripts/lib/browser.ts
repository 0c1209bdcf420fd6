import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Where it lies on a Mac, which has no such program on the PATH. */
const macPrograms = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/**
 * A Chromium for the browser tests, from the first of these that is there: the program that TALLYMAN_TEST_BROWSER
 * names, one on the PATH, and, as root on Debian and its kin, apt-get.
 * @param given the value of TALLYMAN_TEST_BROWSER, or null
 * @returns its path
 * @throws Error that says what to install when there is none
 */
export async function findBrowser(given: string | null): Promise<string> {
  if (given !== null) return given
  const program = installedBrowser()
  if (program !== null) return program
  if (process.getuid?.() === 0 && existsSync('/etc/debian_version')) return installProgram()
  throw new Error(
    'The tests need Chromium: install it (Debian: apt-get install chromium; macOS: brew install --cask chromium), or ' +
      'name the program in TALLYMAN_TEST_BROWSER.',
  )
}

/** A Chromium that is installed already, or null. */
export function installedBrowser(): string | null {
  const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']
  const onPath = names.map((name) => Bun.which(name)).find((path) => path !== null)
  return onPath ?? macPrograms.find((path) => existsSync(path)) ?? null
}

/** The list of packages first: on a new machine there is none. */
async function installProgram(): Promise<string> {
  console.log('Installing chromium with apt-get, because the tests need it …')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  await run('apt-get', ['update', '-qq'], { env })
  await run('apt-get', ['install', '-qq', '-y', '--no-install-recommends', 'chromium'], { env })
  const program = installedBrowser()
  if (program === null) throw new Error('apt-get installed chromium, yet it is not on the PATH.')
  return program
}
