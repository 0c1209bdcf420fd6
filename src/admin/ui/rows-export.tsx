import { handOver } from '../api/use-download.ts'
import { csvText } from '../format/csv.ts'
import { Menu, MenuItem } from './menu.tsx'
import { CurlItem } from './more-menu.tsx'

/** A table that is on the page whole, as a file: what the service exports as a list has an ExportMenu instead. */
export function RowsExport({
  rows,
  name,
  curl,
}: {
  rows: readonly object[]
  /** Of the file, without its ending: "price-moves". */
  name: string
  curl: string
}) {
  return (
    <Menu label="Export" icon="download" size="sm">
      <MenuItem icon="file" onChoose={() => saveText(`${name}.csv`, 'text/csv', csvText(rows))}>
        CSV
      </MenuItem>
      <MenuItem
        icon="file"
        onChoose={() => saveText(`${name}.json`, 'application/json', JSON.stringify(rows, null, 2))}
      >
        JSON
      </MenuItem>
      <CurlItem curl={curl} />
    </Menu>
  )
}

const saveText = (fileName: string, type: string, text: string) =>
  handOver(new Blob([text], { type }), fileName)
