import { kept } from './kept.ts'

/** A count with its digits grouped. */
export function countText(count: number, locale?: string): string {
  return numberFormat(locale).format(count)
}

const numberFormat = kept((locale: string | undefined) => new Intl.NumberFormat(locale))

/** "1 item", "2 items": the plural is the word with an s unless said. */
export function countOf(count: number, one: string, many = `${one}s`, locale?: string): string {
  return `${countText(count, locale)} ${count === 1 ? one : many}`
}

/** Bytes as people say them, in decimal units: "12.4 MB". */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}

/** The move from one price to another: 0.05 → "+5.0 %". Signs are real minus signs. */
export function moveText(share: number): string {
  const percent = Math.abs(share * 100)
  const digits = percent >= 100 ? percent.toFixed(0) : percent.toFixed(1)
  return `${share < 0 ? '\u2212' : '+'}${digits}\u00a0%`
}
