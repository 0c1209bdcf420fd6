import { addressOf, type QueryValue } from '../api/address.ts'
import { useDownload } from '../api/use-download.ts'
import type { ExportAddress } from '../api/use-list.ts'
import { Menu, MenuItem } from './menu.tsx'
import { CurlItem } from './more-menu.tsx'

const formats = [
  ['csv', 'CSV'],
  ['xlsx', 'Excel workbook'],
  ['json', 'JSON'],
  ['ndjson', 'JSON, one object a line'],
] as const

/** The whole list, as it is filtered, as a file; and the request behind it as a command line. */
export function ExportMenu({
  address,
  curl,
  size = 'md',
}: {
  address: ExportAddress | null
  curl: string
  size?: 'md' | 'sm'
}) {
  const { save, isBusy } = useDownload()
  return (
    <Menu label="Export" icon="download" size={size} isBusy={isBusy}>
      {address !== null &&
        formats.map(([format, label]) => (
          <MenuItem
            key={format}
            icon="file"
            onChoose={() =>
              // Every query is made of such values, as its schema says.
              save(
                addressOf(address.path, address.params, {
                  ...(address.query as Record<string, QueryValue>),
                  format,
                }),
              )
            }
          >
            {label}
          </MenuItem>
        ))}
      <CurlItem curl={curl} />
    </Menu>
  )
}
