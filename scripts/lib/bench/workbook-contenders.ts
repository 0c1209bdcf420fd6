import { join } from 'node:path'
import { type Contender, expectFigures } from './contender.ts'
import type { ListFile } from './files.ts'
import { columns } from './price-list.ts'

export interface WorkbookOptions {
  file: ListFile
  env: Record<string, string>
}

/** A script that reads every cell and counts: readers/ beside this file. */
export function cellReader(
  reader: { id: 'reader' | 'exceljs' | 'sheetjs'; name: string; role: Contender['role'] },
  { file, env }: WorkbookOptions,
): Contender {
  const script = reader.id === 'reader' ? 'ours' : reader.id
  return {
    ...reader,
    isSlow: reader.role === 'rival',
    prepare: async () => ({
      command: [process.execPath, join(import.meta.dir, `readers/${script}.ts`), file.path],
      env,
      async check({ stdout }) {
        const { rows, cells } = file.facts
        // Printed by the script, and compared.
        const counted = JSON.parse(stdout) as Record<string, number>
        expectFigures(reader.name, counted, { rows: rows + 1, cells: cells + columns.length })
      },
      clean: async () => {},
    }),
  }
}

/** Unpacks what a reader cannot do without. */
export function inflate({ file, env }: WorkbookOptions): Contender {
  return {
    id: 'inflate',
    name: 'bare inflate',
    role: 'bound',
    isSlow: false,
    prepare: async () => ({
      command: [process.execPath, join(import.meta.dir, 'readers/inflate.ts'), file.path],
      env,
      async check({ stdout }) {
        const counted = JSON.parse(stdout) as Record<string, number>
        expectFigures('bare inflate', counted, { unpacked_bytes: file.unpackedBytes ?? 0 })
      },
      clean: async () => {},
    }),
  }
}

/** `tallyman try`: reads, understands and checks every row, without a database. */
export function tryFile(program: readonly string[], { file, env }: WorkbookOptions): Contender {
  return {
    id: 'try',
    name: '`tallyman try`',
    role: 'subject',
    isSlow: false,
    prepare: async () => ({
      command: [...program, 'try', file.path, '--items', '1', '--json'],
      env,
      async check({ stdout }) {
        const { counts } = JSON.parse(stdout) as { counts: Record<string, number> }
        expectFigures('tallyman try', counts, { accepted: file.facts.rows, rejected: 0 })
      },
      clean: async () => {},
    }),
  }
}
