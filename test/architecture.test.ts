import { expect, test } from 'bun:test'
import { join, resolve } from 'node:path'

/** Lowest first: a file imports from lower ranks, and within its own rank only from its own folder. */
const ranks: string[][] = [
  ['lib/'],
  // What routes share lies below them; the server that is made of them, above.
  [
    '*/model.ts',
    'auth/who.ts',
    'catalog/fields.ts',
    'catalog/after-key.ts',
    'catalog/item-row.ts',
    'http/etag.ts',
    'http/fields.ts',
    'http/json-body.ts',
    'analyzer/table/',
    // Sources check their schedules by it.
    'schedules/cron.ts',
    'schedules/cron-field.ts',
  ],
  ['db/', 'files/', 'analyzer/formats/'],
  // What people write about how a list is read, they write in a file of sources too.
  ['sources/kinds/', 'courier/reading-options.ts'],
  ['*/store.ts', 'queue/', 'http/idempotency.ts'],
  ['auth/', 'audit/'],
  // They know who asks, and whether they still may.
  ['http/long-answer.ts', 'http/places.ts'],
  ['suppliers/', 'sources/', 'catalog/', 'imports/', 'runs/'],
  ['courier/', 'analyzer/', 'matching/', 'search/', 'maintenance/', 'schedules/'],
  // What a courier fetches and an analyzer reads, without keeping it.
  ['trials/', 'events/'],
  ['*/routes.ts', '*/*-routes.ts'],
  // The server sends the admin page as text; what is in it runs elsewhere and knows the server by its types only.
  ['admin/assets.ts', 'admin/bundle.ts', 'admin/early.ts', 'admin/page.ts', 'admin/pages.ts'],
  ['http/'],
  ['admin/'],
  ['settings.ts'],
  ['config.ts', 'app.ts'],
  ['roles/'],
  ['cli/'],
  ['main.ts'],
]
/** Names that mean the same everywhere come before folders, longer paths before shorter ones. */
const places = ranks
  .flatMap((patterns, rank) => patterns.map((pattern) => ({ pattern, rank })))
  .sort(
    (a, b) =>
      Number(b.pattern[0] === '*') - Number(a.pattern[0] === '*') || b.pattern.length - a.pattern.length,
  )
/** Pure files may import each other: an import's model holds the decision card of the table it came from. */
const pure = 1
/** What the executable embeds from outside src/. */
const embedded = /^\.\.\/(drizzle\/.+\.sql|package\.json)$/

/** What only some files may say, and which. */
const reserved: { what: RegExp; only: RegExp }[] = [
  { what: /from '(elysia|@elysiajs\/[^']+)'/, only: /^([^/]+\/([a-z]+-)?routes\.ts|http\/.+)$/ },
  {
    what: /from 'drizzle-orm[^']*'/,
    only: /^(db\/.+|[^/]+\/store\.ts|auth\/.+-store\.ts|analyzer\/(staging|publish).+|queue\/(embedded|listing)\.ts)$/,
  },
  { what: /\b(process|Bun|import\.meta)\.env\b/, only: /^(config|admin\/bundle)\.ts$/ },
  { what: /\bprocess\.(exit|reallyExit|abort)\b/, only: /^main\.ts$/ },
]
/** Processes start here, so nobody imports them. */
const entryPoints = ['main.ts', 'admin/main.tsx']

test('src/ keeps to the import order of the architecture', async () => {
  const sources = new Map<string, string>()
  const folder = resolve(import.meta.dir, '../src')
  for await (const file of new Bun.Glob('**/*.{ts,tsx}').scan(folder)) {
    sources.set(file, await Bun.file(join(folder, file)).text())
  }
  expect(sources.size).toBeGreaterThan(0)
  expect(violations(sources)).toEqual([])
})

const wrong: [string, Record<string, string>, string][] = [
  [
    'imports upwards',
    { 'lib/a.ts': "import { x } from '../db/b.ts'", 'db/b.ts': '' },
    'lib/a.ts imports db/b.ts',
  ],
  ['imports a type upwards', { 'db/a.ts': "import type { X } from '../app.ts'" }, 'db/a.ts imports app.ts'],
  ['imports upwards while it runs', { 'db/a.ts': "await import('../app.ts')" }, 'db/a.ts imports app.ts'],
  [
    'starts a worker above it',
    { 'db/a.ts': "new URL('../app.ts', import.meta.url)" },
    'db/a.ts imports app.ts',
  ],
  [
    'imports over several lines',
    { 'db/a.ts': "import {\n  x,\n} from '../app.ts'" },
    'db/a.ts imports app.ts',
  ],
  ['exports from above', { 'db/a.ts': "export * from '../app.ts'" }, 'db/a.ts imports app.ts'],
  ['imports a neighbour', { 'db/a.ts': "import '../files/b.ts'" }, 'db/a.ts imports files/b.ts'],
  [
    'imports a store of another folder',
    { 'a/store.ts': "import '../b/store.ts'" },
    'a/store.ts imports b/store.ts',
  ],
  ['leaves src/', { 'lib/a.ts': "import '../../test/b.ts'" }, 'lib/a.ts imports ../test/b.ts'],
  ['has no rank', { 'utils/a.ts': '' }, 'utils/a.ts has no rank'],
  ['has no importer', { 'lib/a.ts': '' }, 'lib/a.ts has no importer'],
  ['uses elysia in a store', { 'a/store.ts': "import { t } from 'elysia'" }, "a/store.ts says from 'elysia'"],
  [
    'uses drizzle in a format',
    { 'analyzer/formats/a.ts': "import 'x'\nimport { sql } from 'drizzle-orm/pg-core'" },
    "analyzer/formats/a.ts says from 'drizzle-orm/pg-core'",
  ],
  [
    'runs in a browser and takes the server with it',
    { 'admin/a.tsx': "import { x } from '../http/b.ts'", 'http/b.ts': '' },
    'admin/a.tsx takes more than types from http/b.ts',
  ],
  [
    'makes something of the admin page',
    { 'cli/a.ts': "import type { X } from '../admin/b.ts'", 'admin/b.ts': '' },
    'cli/a.ts imports admin/b.ts',
  ],
  ['reads the environment', { 'app.ts': 'process.env.HOME' }, 'app.ts says process.env'],
  ['ends the process', { 'cli/a.ts': 'process.exit(1)' }, 'cli/a.ts says process.exit'],
]
for (const [what, files, violation] of wrong) {
  test(`a file that ${what} is found`, () => {
    expect(violations(new Map(Object.entries(files)))).toContain(violation)
  })
}

test('what the architecture allows is not found', () => {
  const files = {
    'main.ts': "import './cli/a.ts'\nimport './db/b.ts'\nprocess.exit(0)",
    'cli/a.ts':
      "// not an import '../main.ts' but a comment\nimport sql from '../../drizzle/a.sql' with { type: 'text' }\nimport { version } from '../../package.json'",
    'db/b.ts': "import './c.ts'\nimport { sql } from 'drizzle-orm'",
    'db/c.ts': "import '../a/model.ts'\nimport '../lib/d.ts'",
    'a/model.ts': "import '../b/model.ts'\nimport '../analyzer/table/f.ts'",
    'analyzer/table/f.ts': '',
    'b/model.ts': '',
    'lib/d.ts': '',
    'admin/main.tsx': "import type { X } from '../http/g.ts'\nimport './ui/f.tsx'",
    'admin/ui/f.tsx': '',
    'http/g.ts': "import '../admin/page.ts'",
    'admin/page.ts': '',
    'db/e.d.ts': "declare module '*.sql'",
  }
  expect(violations(new Map(Object.entries(files)))).toEqual([])
})

/** @param sources path below src/ → text */
function violations(sources: Map<string, string>): string[] {
  const found: string[] = []
  const imported = new Set<string>()
  for (const [file, text] of sources) {
    const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
    const own = placeOf(file)
    if (own === null) found.push(`${file} has no rank`)
    for (const target of relativeImports(file, code)) {
      if (target !== file) imported.add(target)
      if (own !== null && !mayImport(own, placeOf(target)) && !embedded.test(target)) {
        found.push(`${file} imports ${target}`)
      }
    }
    // A browser has no database; what it takes from the server are types, which are gone when it is built.
    if (file.startsWith('admin/'))
      for (const target of relativeImports(file, code.replace(/^\s*import type [\s\S]*?from .*$/gm, '')))
        if (!target.startsWith('admin/') && (placeOf(target)?.rank ?? pure) > pure)
          found.push(`${file} takes more than types from ${target}`)
    if (!/^(admin|http)\//.test(file))
      for (const target of relativeImports(file, code))
        if (target.startsWith('admin/')) found.push(`${file} imports ${target}`)
    for (const { what, only } of reserved) {
      const said = what.exec(code)
      if (said !== null && !only.test(file)) found.push(`${file} says ${said[0]}`)
    }
  }
  for (const file of sources.keys()) {
    const isImported = imported.has(file) || entryPoints.includes(file) || file.endsWith('.d.ts')
    if (!isImported) found.push(`${file} has no importer`)
  }
  return found
}

interface Place {
  rank: number
  folder: string
}

function placeOf(file: string): Place | null {
  const place = places.find(({ pattern }) => {
    if (pattern.endsWith('/')) return file.startsWith(pattern)
    return pattern.startsWith('*/') ? new Bun.Glob(pattern).match(file) : file === pattern
  })
  if (place === undefined) return null
  const folder = place.pattern.endsWith('/') ? place.pattern : file.slice(0, file.lastIndexOf('/') + 1)
  return { rank: place.rank, folder }
}

function mayImport(from: Place, to: Place | null): boolean {
  if (to === null) return false
  return to.rank < from.rank || (to.rank === from.rank && (to.folder === from.folder || to.rank === pure))
}

/** Static, dynamic and type imports, exports from, and worker URLs: paths below src/ ("../x" is outside it). */
function relativeImports(file: string, code: string): string[] {
  const pattern = /(?:\bfrom\s*|\bimport\s*\(?\s*|\bnew URL\(\s*)(['"])(\.[^'"]*)\1/g
  return [...code.matchAll(pattern)].map((match) => join(file, '..', match[2]!))
}
