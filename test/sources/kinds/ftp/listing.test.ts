import { expect, test } from 'bun:test'
import { Client } from 'basic-ftp'
import { folderOf, instantOf, spanOf } from '../../../../src/sources/kinds/ftp/listing.ts'
import { portIn } from '../../../../src/sources/kinds/ftp/passive.ts'

const now = new Date('2026-11-22T12:00:00Z')
const minute = 60_000
const day = 24 * 60 * minute

test('times of a listing are as long as they are coarse, and those without a year are the last ones', () => {
  const span = (at: string, forMs: number) => ({ from: Date.parse(at), until: Date.parse(at) + forMs - 1 })
  for (const [text, expected] of [
    ['Nov 22 11:59', span('2026-11-22T11:59:00Z', minute)],
    // The server's day may have begun already.
    ['Nov 23 03:00', span('2026-11-23T03:00:00Z', minute)],
    ['Nov 24 11:59', span('2025-11-24T11:59:00Z', minute)],
    ['Dec  1 00:00', span('2025-12-01T00:00:00Z', minute)],
    ['1 Feb 08:05', span('2026-02-01T08:05:00Z', minute)],
    ['Oct 20 2025', span('2025-10-20T00:00:00Z', day)],
    ['20 Oct 2025', span('2025-10-20T00:00:00Z', day)],
    ['2026-10-20 07:15', span('2026-10-20T07:15:00Z', minute)],
    ['11-22-26 06:11PM', span('2026-11-22T18:11:00Z', minute)],
    ['11-22-2026 12:11AM', span('2026-11-22T00:11:00Z', minute)],
    ['12-05-96 17:03', span('1996-12-05T17:03:00Z', minute)],
    ['Mär 22 11:59', null],
    ['Foo 22 11:59', null],
    ['', null],
    ['99999999999999999999', null],
  ] as const)
    expect([text, spanOf(text, now)]).toEqual([text, expected])
})

test('an answer to MDTM is an instant, or none', () => {
  for (const [text, expected] of [
    ['20261122181103', '2026-11-22T18:11:03.000Z'],
    ['20261122181103.5', '2026-11-22T18:11:03.500Z'],
    ['20261122181103.123456', '2026-11-22T18:11:03.123Z'],
    ['20261122', null],
    ['yesterday', null],
    ['', null],
  ] as const)
    expect([text, instantOf(text)?.toISOString() ?? null]).toEqual([text, expected])
})

test('of an answer to EPSV or PASV the port is taken, and nothing else', () => {
  for (const [message, port] of [
    ['229 Entering Extended Passive Mode (|||6446|)', 6446],
    ['229 Entering (!!!6446!)', 6446],
    ['229 Entering (|1|10.0.0.1|6446|)', 6446],
    ['229 Entering (|2|::1|6446|)', 6446],
    ['227 Entering Passive Mode (192,168,1,100,10,229).', 10 * 256 + 229],
    ['227 Entering Passive Mode 192,168,1,100,10,229', 10 * 256 + 229],
    ['229 Entering (|||0|)', null],
    ['229 Entering (|||70000|)', null],
    ['227 (1,2,3,4,255,256)', null],
    ['227 (1,2,3,4,256,1)', null],
    ['227 (1,2,3,4,0,0)', null],
    [`227 ${'1,'.repeat(30_000)}`, 257],
    [`227 ${'1'.repeat(60_000)}`, null],
    [`229 (${'|'.repeat(60_000)}`, null],
    ['200 OK', null],
  ] as const)
    expect([message.slice(0, 60), portIn({ message })]).toEqual([message.slice(0, 60), port])
})

test('listings of Unix, Windows and MLSD say the same', () => {
  const { parseList } = new Client()
  for (const text of [
    'total 2\r\n-rw-r--r-- 1 acme acme 14 Oct 20 07:15 a b.csv\r\ndrwxr-xr-x 1 acme acme 14 Oct 20 07:15 old\r\nlrwxrwxrwx 1 a a 5 Oct 20 07:15 last.csv -> a b.csv\r\n',
    'type=file;size=14;modify=20261020071500; a b.csv\r\ntype=dir;modify=20261020071500; old\r\ntype=OS.unix=slink:x;modify=20261020071500; last.csv\r\n',
  ]) {
    const { entries, leftOut } = folderOf(parseList(text), '/out', now)
    expect(
      entries.map(({ name, type, sizeBytes, changed }) => [name, type, sizeBytes, changed!.from]),
    ).toEqual([
      ['a b.csv', 'file', 14, Date.parse('2026-10-20T07:15:00Z')],
      ['old', 'folder', null, Date.parse('2026-10-20T07:15:00Z')],
      ['last.csv', 'other', null, Date.parse('2026-10-20T07:15:00Z')],
    ])
    expect(leftOut).toBe(0)
  }
  const windows = '10-20-26  07:15AM       14 a b.csv\r\n10-20-26  07:15AM  <DIR>  old\r\n'
  expect(folderOf(parseList(windows), '/', now).entries).toMatchObject([
    { name: 'a b.csv', type: 'file', sizeBytes: 14, changed: { from: Date.parse('2026-10-20T07:15:00Z') } },
    { name: 'old', type: 'folder' },
  ])
})
