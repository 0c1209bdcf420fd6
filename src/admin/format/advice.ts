/**
 * A message of the service as a page says it: the service names options of the command line where a person is to
 * correct a list, but whoever reads it here has buttons for that. Everything else of the message stays as it is.
 */
export function pageText(message: string): string {
  return message
    .replace(/correct it with --map \w+=[A-Z]+/g, 'correct the columns')
    .replace(/: --map \w+=[A-Z]+\./g, '.')
    .replace(/ \(--[a-z][^()]*\)/g, '')
}
