/** Words of the API as people read them: "partial_success" → "Partial success". */
export function sentenceCase(word: string): string {
  const text = word.replaceAll('_', ' ').replaceAll('-', ' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}
