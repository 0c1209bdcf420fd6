import { launchBrowser } from '../../launch-browser.ts'
import type { LongLists } from './catalog.ts'
import { answeredAfter, type Smoothness, smoothnessOf, usableAfter, watchPage } from './watch.ts'

/** How one long list is to open and to turn the pages of. */
export interface ListView extends Smoothness {
  name: string
  /** Milliseconds from the beginning of each navigation until its rows are there. */
  opened: number[]
  /** Milliseconds until another page of it was there, each time. */
  turned: number[]
}

const opens = 3

/** Opens each of the long lists, and turns its pages. */
export async function measureLongLists(
  origin: string,
  { rejectsImport, changesImport }: LongLists,
  { browser: program, turns }: { browser: string; turns: number },
): Promise<ListView[]> {
  const places: [name: string, path: string, rows?: string][] = [
    ['jobs', '/jobs'],
    ['jobs that are dead', '/jobs?status=dead'],
    ['dead letters by cause', '/dead-letters', 'main h2'],
    ['imports', '/imports'],
    ['imports that are held', '/imports?status=held'],
    ['rejected rows of an import', `/imports/${rejectsImport}?tab=rejected`],
    [
      'changed items of an import',
      `/imports/${changesImport}`,
      'section[aria-label="Items that the import changed"] tbody tr',
    ],
    ['new items of an import', `/imports/${changesImport}?kind=new`],
  ]
  await using browser = await launchBrowser(program)
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  await watchPage(page)
  const views: ListView[] = []
  for (const [name, path, rows = 'main tbody tr'] of places) {
    const opened: number[] = []
    for (let n = 0; n < opens; n++) opened.push(await usableAfter(page, origin + path, [rows]))
    const turned: number[] = []
    const turn = async (button: string) => {
      for (let n = 0; n < turns; n++) {
        const next = page.getByRole('button', { name: button, exact: true }).last()
        if (!(await next.isVisible()) || !(await next.isEnabled())) return
        turned.push(await answeredAfter(page, () => next.click()))
      }
    }
    const smoothness = await smoothnessOf(page, async () => {
      await turn('Next')
      await turn('Previous')
    })
    views.push({ name, ...smoothness, opened, turned })
  }
  return views
}
