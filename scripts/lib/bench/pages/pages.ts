import type { Place, Places } from '../places.ts'
import { startServed } from '../reads/served.ts'
import type { PagesOptions } from './arguments.ts'
import { addLongLists, fillCatalog } from './catalog.ts'
import { measureFirstView } from './first-view.ts'
import { measureItemsPage } from './items-page.ts'
import { measureLongLists } from './long-lists.ts'
import type { PagesReport } from './table.ts'

export interface PagesParts {
  /** The program to measure and its arguments. */
  program: readonly string[]
  /** Chromium. */
  browser: string
  places: Places
  /** Empty, or with a catalog where `options.db` names one. */
  place: Place
  /** For lists, which are deleted with it. */
  folder: string
  say(line: string): void
}

/**
 * Fills a catalog, serves it and looks at it in a browser, one part after the other. The long lists come in last, so
 * that the others are measured on the items alone.
 */
export async function measureAdminPage(
  { only, items, rows, rounds, turns, idleSeconds, db }: PagesOptions,
  { program, browser, places, place, folder, say }: PagesParts,
): Promise<PagesReport> {
  const env = environment(places, place)
  const catalog = { places, place, program, env, folder, say }
  if (db === null) await fillCatalog(catalog, items)
  const { count } = await places.look(place, 'select count(*) as count from supplier_items')
  const report: PagesReport = {
    about: `${(count ?? 0).toLocaleString('en')} items on ${places.engine === 'sqlite' ? 'SQLite' : 'PostgreSQL'}`,
    ...{ first: null, items: null, lists: null },
  }
  if (only.includes('first') || only.includes('items')) {
    await using service = await startServed([...program, 'serve'], env)
    if (only.includes('first')) {
      say('opening the overview')
      report.first = await measureFirstView(service.origin, { browser, rounds })
    }
    if (only.includes('items')) {
      say('using the page of items')
      report.items = await measureItemsPage(service.origin, { browser, turns, idleSeconds })
    }
  }
  if (only.includes('lists')) {
    const long = await addLongLists(catalog, rows)
    await using service = await startServed([...program, 'serve'], env)
    say('turning the pages of long lists')
    report.lists = await measureLongLists(service.origin, long, { browser, turns })
  }
  return report
}

function environment(places: Places, place: Place): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: place.folder,
    HOST: '127.0.0.1',
    PORT: '0',
    TALLYMAN_DATA_DIR: place.folder,
    DATABASE_URL: places.engine === 'sqlite' ? `sqlite:${place.database}` : place.database,
    TALLYMAN_LOG_FORMAT: 'json',
  }
}
