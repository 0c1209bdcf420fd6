/** Where somebody was on their way to; never to another site. */
export function nextPage(search: string): string {
  const next = new URLSearchParams(search).get('next') ?? '/'
  // Browsers leave out tabs and line breaks: a slash after one is a second slash.
  return /^\/(?![/\\\s])/.test(next) ? next : '/'
}
