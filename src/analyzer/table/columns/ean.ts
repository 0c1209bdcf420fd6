/** Whether the text is a GTIN (8, 12, 13 or 14 digits, hyphens and spaces allowed) with a right check digit. */
export function isEan(text: string): boolean {
  if (text.length < 8 || text.length > 20) return false
  let digits = ''
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code >= 48 && code <= 57) digits += text[i]
    else if (code !== 45 && code !== 32) return false
  }
  const length = digits.length
  if (length !== 8 && length !== 12 && length !== 13 && length !== 14) return false
  let sum = 0
  // Weights 3, 1, 3 … from the right, starting beside the check digit.
  for (let i = length - 2, weight = 3; i >= 0; i--, weight = 4 - weight)
    sum += (digits.charCodeAt(i) - 48) * weight
  return (10 - (sum % 10)) % 10 === digits.charCodeAt(length - 1) - 48
}
