import type { Cell } from '../../table/rows/row.ts'
import type { CategoryTree } from './categories.ts'

/** Adds to a record's cells what follows from others. @param shop which of the catalog's shops it belongs to, from 1 on */
export type RecordFinisher = (cells: Cell[], shop: number) => void

/**
 * What catalogs leave to their reader: the path of a category that a record names by its identifier, and the name of an
 * article that consists of kind, brand and model (the "vendor.model" offers of YML).
 * @param headers those of what is added are appended
 */
export function recordFinisher(headers: string[], categories: CategoryTree): RecordFinisher {
  const steps: RecordFinisher[] = []
  const categoryId = headers.findIndex((header) => /^@?category_?id$/i.test(header))
  if (categoryId >= 0 && categories.size > 0) {
    const column = columnNamed(headers, headers.includes('category') ? 'category path' : 'category')
    steps.push((cells, shop) => {
      const path = categories.path(shop, String(cells[categoryId]))
      if (path !== null) cells[column] = path
    })
  }
  const [model, vendor, kind] = ['model', 'vendor', 'typePrefix'].map((name) => headers.indexOf(name))
  if (model! >= 0 && vendor! >= 0) {
    const column = columnNamed(headers, 'name')
    steps.push((cells) => {
      if (cells[column] !== '' || cells[model!] === '') return
      const parts = [kind!, vendor!, model!].map((part) => (part < 0 ? '' : String(cells[part])))
      cells[column] = parts.filter((part) => part !== '').join(' ')
    })
  }
  return (cells, shop) => {
    while (cells.length < headers.length) cells.push('')
    for (const step of steps) step(cells, shop)
  }
}

function columnNamed(headers: string[], name: string): number {
  const known = headers.indexOf(name)
  return known >= 0 ? known : headers.push(name) - 1
}
