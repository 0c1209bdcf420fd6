import { type Browser, chromium } from 'playwright-core'

/** Starts a Chromium without a window, and without anything that it would ask of the network by itself. */
export function launchBrowser(program: string): Promise<Browser> {
  return chromium.launch({
    executablePath: program,
    headless: true,
    // Where nothing says how names are written it saves a file with any other letter as "download".
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
