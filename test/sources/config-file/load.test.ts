import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { sourceKeys } from '../../../src/sources/config-file/keys.ts'
import { loadSourcesFile, parseSourcesFile } from '../../../src/sources/config-file/load.ts'
import { SourcesFileError } from '../../../src/sources/config-file/problem.ts'
import { fetchSettingsDefault } from '../../../src/sources/kinds/index.ts'
import { defaultLimits } from '../../../src/sources/model.ts'
import { testSealer } from '../../helpers/sealer.ts'
import { temporaryDirectory } from '../../helpers/temporary.ts'

const rules = {
  fetchSettings: { ...fetchSettingsDefault, localFolders: ['/srv'] },
  sealer: testSealer,
  timeZone: 'UTC',
}
const env = { ACME_FOLDER: 'acme', BLANK: ' ', DELAY: '7' }

const parse = (text: string | Uint8Array) =>
  parseSourcesFile(typeof text === 'string' ? new TextEncoder().encode(text) : text, {
    name: 'tallyman.yaml',
    env,
    rules,
  })

/** What is wrong, as "line:column: message". */
function problemsOf(text: string | Uint8Array): string[] {
  try {
    parse(text)
  } catch (error) {
    if (error instanceof SourcesFileError)
      return error.problems.map(({ line, column, message }) => `${line}:${column}: ${message}`)
    throw error
  }
  return []
}

/** One source of kind local, with these lines in its map. */
const source = (...lines: string[]) =>
  [
    'sources:',
    '  - supplier: Acme',
    '    name: weekly',
    '    kind: local',
    '    path: /srv/acme',
    ...lines.map((line) => `    ${line}`),
  ].join('\n')

describe('a file of sources', () => {
  test('says everything that a source can be told', () => {
    const [all] = parse(
      source(
        'files: "*.csv"',
        `settle_seconds: \${DELAY}`,
        'schedule: 0 6 * * 1',
        'time_zone: Europe/Berlin',
        'list_mode: full',
        'analyzer: off',
        'watch: yes',
        'active: false',
        'retry_delays: [1, 2.5]',
        'currency: eur',
        'mapping: { sku: A, price: Net price, brand: none, ean: ~, unit: auto, stock: 7 }',
        'sheets: [Nord, 2]',
        'header_row: 7-8',
        'format: csv',
        'encoding: windows-1252',
        'delimiter: tab',
        'decimal: comma',
        'decimals: 4',
        'identity: [name, unit]',
        'duplicates: last-wins',
        'scope: sheet',
        'limits: { items_kept: 80%, rejected-share: off }',
      ),
    )
    expect(all).toMatchObject({
      supplier: 'Acme',
      name: 'weekly',
      kind: 'local',
      config: { path: '/srv/acme', files: '*.csv', settle_seconds: 7 },
      schedule: '0 6 * * 1',
      timeZone: 'Europe/Berlin',
      listMode: 'full',
      usesAnalyzer: false,
      isWatched: true,
      isActive: false,
      retryDelaysMs: [1000, 2500],
      reading: {
        currency: 'EUR',
        map: { sku: 'A', price: 'Net price', brand: null, ean: null, stock: '7' },
        sheets: ['Nord', '2'],
        headerRows: [6, 7],
        format: 'csv',
        encoding: 'windows-1252',
        delimiter: '\t',
        decimal: 'comma',
        decimalsMax: 4,
        identity: ['name', 'unit'],
        duplicates: 'last-wins',
        scope: 'sheet',
        limits: { ...defaultLimits, itemsKeptMin: 0.8, rejectedShareMax: null },
      },
      at: { line: 2, column: 5 },
    })
  })

  test('leaves to people and lists what it does not say', () => {
    expect(parse(source())[0]).toMatchObject({
      schedule: null,
      timeZone: null,
      listMode: 'partial',
      usesAnalyzer: null,
      isWatched: false,
      isActive: null,
      retryDelaysMs: null,
      reading: {},
    })
  })

  test('may use other words, and name sources by keys', () => {
    const named = parse(
      [
        'x-folder: &folder { path: /srv/acme }',
        'ingestion:',
        '  weekly:',
        '    supplier: Acme',
        '    source_type: local',
        '    location: /srv/acme/list.csv',
        '    timezone: Europe/Berlin',
        '    map: { sku: A }',
        '    sheet: Nord',
        '  "007":',
        '    kind: file',
        '    config: *folder',
      ].join('\n'),
    )
    expect(named).toMatchObject([
      {
        supplier: 'Acme',
        name: 'weekly',
        kind: 'local',
        config: { path: '/srv/acme/list.csv' },
        timeZone: 'Europe/Berlin',
        reading: { map: { sku: 'A' }, sheets: ['Nord'] },
      },
      { supplier: '007', name: '007', kind: 'local', config: { path: '/srv/acme' } },
    ])
  })

  test('may say the place as feed_path, whatever the kind', () => {
    const feeds = parse(
      [
        'ingestion:',
        '  - { name: a, source_type: remote, feed_path: https://shop.example/feed.csv }',
        '  - { name: b, source_type: local, feed_path: /srv/b.csv }',
        '  - { name: c, source_type: ftp, feed_path: ftp://files.example/c.csv }',
      ].join('\n'),
    )
    expect(feeds.map(({ kind, config }) => [kind, config])).toMatchObject([
      ['http', { url: 'https://shop.example/feed.csv' }],
      ['local', { path: '/srv/b.csv' }],
      ['ftp', { host: 'files.example', path: expect.stringContaining('c.csv') }],
    ])
  })

  test('may say the place of an FTP source as a URL', () => {
    const [ftp] = parse('sources: [{ name: x, kind: ftp, location: "ftps://anna@[::1]:2121/lists/a%20b" }]')
    expect(ftp?.config).toEqual({
      host: '::1',
      port: 2121,
      username: 'anna',
      tls: 'implicit',
      path: '/lists/a b',
    })
  })

  test('takes texts as they are written, and fills in the environment', () => {
    const [filled] = parse(
      [
        'sources:',
        '- name: 0123',
        '  kind: local',
        `  path: /srv/\${ACME_FOLDER}/$1/$\${ACME_FOLDER}`,
        `  files: "\${ACME_FOLDER}-*.csv"`,
      ].join('\n'),
    )
    expect(filled).toMatchObject({
      supplier: '0123',
      name: '0123',
      config: { path: `/srv/acme/$1/\${ACME_FOLDER}`, files: 'acme-*.csv' },
    })
  })

  test('may be empty on purpose, in UTF-8 with or without its mark', () => {
    expect(parse('sources: []')).toEqual([])
    expect(parse('\ufeffsources: {}\r\n')).toEqual([])
  })
})

/** How each problem begins. */
const wrong: [what: string, text: string, problems: string[]][] = [
  ['an empty file', '', ['1:1: the file is empty; write "sources: []" for no sources']],
  ['nothing but comments', '# none\n---\n', ['1:1: the file is empty; write "sources: []" for no sources']],
  [
    'a top that is a list',
    '- name: x',
    ['1:1: the file begins with a key, sources or ingestion, and the sources stand below it'],
  ],
  ['a mistyped top', 'suorces: []', ['1:1: "suorces" is no key of this file; did you mean sources?']],
  [
    'both tops',
    'sources: []\ningestion: []',
    ['2:1: "ingestion" says the same as "sources" in line 1; keep one of them'],
  ],
  [
    'sources that are none',
    'sources: 5',
    ['1:10: "sources" has to be a list of sources, or sources by name; write "sources: []" for none'],
  ],
  [
    'a source that is a word',
    'sources: [weekly]',
    ['1:11: a source is written as keys with values, such as "kind: local"'],
  ],
  [
    'no name and no kind',
    'sources:\n  - supplier: Acme',
    ['2:5: the source needs a "name"', '2:5: the source needs a "kind": one of '],
  ],
  [
    'a name that is said twice',
    'sources:\n  a:\n    name: b\n    kind: upload',
    ['3:5: the source is called "a" already, after the key that it stands under; leave "name" out'],
  ],
  [
    'a mistyped key',
    source('schedul: 0 6 * * 1'),
    ['6:5: "schedul" is no key of a source of kind local; did you mean schedule?'],
  ],
  [
    'a key of another kind',
    'sources: [{ name: x, kind: upload, path: /srv/x }]',
    ['1:36: "path" is no key of a source of kind upload; it is one of kind local'],
  ],
  [
    'a mistyped key of the kind, below config',
    source('config: { fiels: "*.csv" }'),
    ['6:15: "fiels" is no key of a source of kind local; did you mean files?'],
  ],
  [
    'a key beside the kind and below config',
    source('config: { path: /srv/other }'),
    ['5:5: "path" says the same as the key in line 6; keep one of them'],
  ],
  [
    'a key twice',
    source('watch: on', 'watch: off'),
    ['7:5: "watch" is given twice; it stands in line 6 already'],
  ],
  [
    'two words for one key',
    source('time_zone: UTC', 'timezone: UTC'),
    ['7:5: "timezone" says the same as the key in line 6; keep one of them'],
  ],
  ['no place', 'sources: [{ name: x, kind: local }]', ['1:22: a source of kind local needs "path"']],
  [
    'an address that holds a password',
    'sources: [{ name: x, kind: ftp, url: "ftp://a:canary@x/y" }]',
    ['1:33: this address holds a password; write it under "password"'],
  ],
  [
    'a mistyped kind',
    'sources: [{ name: x, kind: locl }]',
    ['1:28: there is no kind "locl" of sources (unknown_source_kind); did you mean local? Kinds: '],
  ],
  [
    'a word that is none of a few',
    source('list_mode: ful'),
    ['6:16: list_mode must be one of full, partial, not "ful"; did you mean full?'],
  ],
  [
    'neither on nor off',
    source('watch: maybe'),
    ['6:12: watch must be on or off (Whether it is looked at for updates between its times), not "maybe"'],
  ],
  [
    'a list where a text belongs',
    source('schedule: [1]'),
    [
      '6:15: schedule must be a text (When it is fetched: minute, hour, day, month and weekday in its time zone), such as 0 6 * * 1, not a list',
    ],
  ],
  [
    'a number that is none',
    source('settle_seconds: soon'),
    [
      '6:21: settle_seconds must be a number from 0.1 to 600 (How far apart the two looks are; 2 when left out), not "soon"',
    ],
  ],
  [
    'a part of a list',
    source('retry_delays: [1, soon, 90000]'),
    [
      '6:23: retry_delays.1 must be a number from 0 to 86400, not "soon"',
      '6:29: retry_delays.2 must be a number from 0 to 86400, not "90000"',
    ],
  ],
  [
    'a mistyped field',
    source('mapping: { pric: D }'),
    ['6:16: mapping knows no field "pric"; did you mean price? Fields: '],
  ],
  [
    'a mistyped time zone',
    source('schedule: 0 6 * * 1', 'time_zone: Europe/Berlim'),
    ['7:5: "Europe/Berlim" is no time zone; did you mean Europe/Berlin?'],
  ],
  [
    'a schedule that is none',
    source('schedule: 0 25 * * *'),
    ['6:5: The schedule "0 25 * * *" is wrong in its hour: '],
  ],
  [
    'several things that have nothing to do with each other, in a source and in one that is not whole',
    [
      source('schedule: 61 6 * * *', 'time_zone: Berln', 'country: XX'),
      '  - { name: b, kind: local, pfad: /srv/b, country: YY }',
    ].join('\n'),
    [
      '6:5: The schedule "61 6 * * *" is wrong in its minute: ',
      '7:5: "Berln" is no time zone',
      '8:5: country takes an ISO 3166-1 code of two letters such as DE, not "XX"',
      '9:16: a source of kind local needs "path"',
      '9:29: "pfad" is no key of a source of kind local',
      '9:43: country takes an ISO 3166-1 code of two letters such as DE, not "YY"',
    ],
  ],
  [
    'secrets in parts that are not sealed',
    [
      'sources:',
      '  - name: x',
      '    kind: http',
      '    url: https://shop.example/list.csv?token=canary',
      '    headers: { X-Api-Key: canary }',
      '    country: XX',
    ].join('\n'),
    [
      '4:5: url of a source of kind http is kept and shown as it is, and its "token" looks like a secret',
      '5:5: headers of a source of kind http is kept and shown as it is, and its "X-Api-Key" looks like a secret',
      '6:5: country takes ',
    ],
  ],
  [
    'a key of a kind that is to come',
    source('registry: /srv/brands.json'),
    [
      '6:5: "registry" is no key of a source of kind local; it names the list of brands of a source of kind cmp-feed',
    ],
  ],
  [
    'a schedule of what is handed in',
    'sources: [{ name: x, kind: upload, schedule: 0 6 * * * }]',
    ['1:36: Lists of a source of kind upload are handed in, so it can have no schedule'],
  ],
  [
    'a folder that may not be read',
    'sources: [{ name: x, kind: local, location: /etc/passwd }]',
    ['1:35: /etc/passwd may not be read: '],
  ],
  [
    'a currency that is none',
    source('currency: EURO'),
    ['6:15: currency takes an ISO 4217 code such as EUR, not "EURO"'],
  ],
  ['a header that is none', source('header_row: first'), ['6:17: header_row takes a row such as 7']],
  ['a format that is none', source('format: docx'), ['6:13: ']],
  ['an encoding that is none', source('encoding: utf-9'), ['6:15: ']],
  ['a limit that is none', source('limits: { items: 5% }'), ['6:15: limits knows no "items"']],
  [
    'two sources with one name',
    'sources:\n- { supplier: Acme, name: x, kind: upload }\n- { supplier: "ACME ", name: x, kind: upload }',
    ['3:3: supplier "ACME " has a source "x" already, in line 2; call one of them otherwise'],
  ],
  [
    'two with one name, of which one is wrong',
    'sources:\n- { supplier: Acme, name: x, kind: upload, path: y }\n- { supplier: Acme, name: x, kind: upload }',
    ['2:44: "path" is no key', '3:3: supplier "Acme" has a source "x" already, in line 2'],
  ],
  [
    'a supplier that cannot be called so',
    'sources: [{ supplier: "", name: x, kind: upload }]',
    ['1:23: A supplier needs a name of 1 to 200 printable characters.'],
  ],
  [
    'a variable that is not set',
    source(`files: \${NOBODY}`, `done_file: "\${BLANK}"`),
    ['6:12: the environment variable NOBODY is not set', '7:16: the environment variable BLANK is not set'],
  ],
  [
    'a placeholder that is none',
    source(`files: "\${"`, `done_file: \${a b}`),
    [
      `6:12: "\${" begins the name of an environment variable`,
      `7:16: "\${" begins the name of an environment variable`,
    ],
  ],
  ['tabs', 'sources:\n\t- name: x', ['2:1: lines are indented with blanks, not with tabs']],
  [
    'a bracket that is never closed',
    'sources: [',
    ['1:11: this stands too far to the left, or a bracket before it was never closed'],
  ],
  ['a quote that is never closed', 'sources: "a', ['1:12: something is missing here: a closing quote']],
  [
    'a colon in a value',
    source('files: a: b'),
    ['6:12: a second "key:" in one value: put the value in quotes'],
  ],
  ['two documents', 'sources: []\n---\nsources: []', ['2:1: a second document begins here']],
  ['a merge key', source('<<: { watch: on }'), ['6:5: merge keys (<<) are not understood']],
  ['a list as a key', 'sources: []\n? [a]\n: b', ['2:3: a key has to be a plain word']],
  ['what contains itself', 'sources: &all [*all]', ['1:15: this is nested more than 30 levels deep']],
]

describe('what is wrong with a file is said with its place', () => {
  for (const [what, text, problems] of wrong)
    test(what, () => {
      expect(problemsOf(text)).toEqual(problems.map((problem) => expect.stringMatching(beginsWith(problem))))
    })

  test('all of it at once, in the order of lines, with the file', () => {
    const text = source('watch: maybe', 'schedul: x', 'list_mode: ful')
    expect(() => parse(text)).toThrow(
      /^3 things are wrong with tallyman\.yaml, so nothing of it was applied:\n {2}tallyman\.yaml:6:12: .*\n {2}tallyman\.yaml:7:5: .*\n {2}tallyman\.yaml:8:16: .*$/,
    )
  })

  test('bytes that are no UTF-8', () => {
    const bytes = Uint8Array.from([...new TextEncoder().encode('sources:\n- name: K'), 0xe4, 0x73, 0x65])
    expect(problemsOf(bytes)).toEqual([
      '2:10: the file is not written in UTF-8 from here on; save it as UTF-8',
    ])
  })

  test('a kind that there is no code for yet has a code of its own', () => {
    const error = refusalOf('sources: [{ name: x, kind: fax }]')
    expect(error.code).toBe('unknown_source_kind')
  })

  test('what is built to keep the program busy is refused', () => {
    const doubling = Array.from({ length: 26 }, (_, n) => `x-${n}: &a${n} [*a${n - 1}, *a${n - 1}]`).slice(1)
    expect(problemsOf(['x-0: &a0 [x, x]', ...doubling, 'sources: *a25'].join('\n'))[0]).toContain('aliases')
    expect(problemsOf(`sources: ${'['.repeat(200)}${']'.repeat(200)}`)).toEqual([
      '1:40: this is nested more than 30 levels deep',
    ])
    expect(problemsOf(`x-: [${'0,'.repeat(110_000)}]\nsources: []`)[0]).toContain('more than 100000 values')
  }, 60_000)

  test('no message repeats what may be a secret', () => {
    for (const line of [
      'password: *canary',
      'password: !canary x',
      'password: &canary',
      'password: @canary',
      'password: "canary',
      "password: 'canary",
      'password: [canary',
      'password: canary: canary',
      'password: canary\n   canary: x',
      'password: `canary`',
      'password: "\\canary"',
      'pasword: canary',
      `settle_seconds: \${SECRET}`,
      `list_mode: \${SECRET}`,
    ]) {
      const problems = () =>
        parseSourcesFile(new TextEncoder().encode(source(line)), {
          name: 'tallyman.yaml',
          env: { SECRET: 'canary' },
          rules,
        })
      expect(problems).toThrow(SourcesFileError)
      expect(problems).not.toThrow(/canary/)
    }
  })
})

test('the file that is read is the one that is named, or tallyman.yaml where it is there', async () => {
  await using folder = await temporaryDirectory()
  const load = (path: string | null) => loadSourcesFile({ path, cwd: folder.path, env, rules })
  expect(await load(null)).toBe(null)
  await expect(load('other.yaml')).rejects.toThrow('There is no file other.yaml')
  await expect(load('.')).rejects.toMatchObject({ code: 'sources_file_not_readable' })
  await Bun.write(folder.file('tallyman.yaml'), source())
  expect(await load(null)).toMatchObject({
    path: folder.file('tallyman.yaml'),
    sources: [{ name: 'weekly' }],
  })
  await Bun.write(folder.file('tallyman.yaml'), 'sources: [x]')
  await expect(load(folder.file('tallyman.yaml'))).rejects.toThrow(
    '  tallyman.yaml:1:11: a source is written',
  )
  await Bun.write(folder.file('big.yaml'), new Uint8Array(2 * 1024 * 1024))
  await expect(load('big.yaml')).rejects.toThrow('larger than 1 MiB')
})

function refusalOf(text: string): SourcesFileError {
  try {
    parse(text)
  } catch (error) {
    if (error instanceof SourcesFileError) return error
    throw error
  }
  throw new Error('It was accepted.')
}

const beginsWith = (text: string) => new RegExp(`^${text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}`)

test('the example is right, and has every key', async () => {
  const text = await Bun.file(join(import.meta.dir, '../../../deploy/tallyman.example.yaml')).text()
  const bytes = new TextEncoder().encode(text)
  const sources = parseSourcesFile(bytes, { name: 'example', env: { BOLT_PASSWORD: 'x' }, rules })
  expect(sources.map(({ name }) => name)).toEqual(['weekly', 'shop'])
  const named = new Set(sources.flatMap(({ keysAt }) => [...keysAt.keys()]))
  expect(Object.keys(sourceKeys).filter((key) => key !== 'config' && !named.has(key))).toEqual([])
})
