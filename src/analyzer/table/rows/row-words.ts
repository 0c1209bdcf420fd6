import { normalize } from '../text.ts'

/** Whether a text introduces a total: "Итого:", "Grand total", "Zwischensumme netto". */
export function isTotalText(text: string): boolean {
  if (text.length > totalLengthMax) return false
  const words = normalize(text)
  if (words === '') return false
  if (totals.has(words)) return true
  for (const start of totalStarts) if (words === start || words.startsWith(`${start} `)) return true
  // "Total EUR", "Total amount (incl. VAT)": after the word for total only words that go with money.
  const [first, ...others] = words.split(' ')
  return totals.has(first!) && (text.trimEnd().endsWith(':') || others.every((word) => moneyWords.has(word)))
}

/** Cheap: whether a text may be one of them, by its first letters. */
export function mayBeTotalText(text: string): boolean {
  if (text.length > totalLengthMax) return false
  const beginning = text.slice(0, beginningLength).toLowerCase()
  // Chinese and Japanese words have two letters.
  return totalBeginnings.has(beginning) || totalBeginnings.has(beginning.slice(0, 2))
}

const beginningLength = 3

/** Whether a one-cell text is a footnote rather than a heading: starred, a sentence, or opened by a word for note. */
export function isNoteText(text: string): boolean {
  // "*** Cables ***" is a heading with ornaments.
  if (/^[*†¹²³•]/u.test(text) && !/\*\s*$/.test(text)) return true
  if (isPageNumber(text) || isSignature(text)) return true
  if (text.length > headingLengthMax) return true
  // "see page 12 for spare parts": headings begin with a capital where the script has some.
  if (/^\p{Ll}\S*\s+\S+\s+\S/u.test(text)) return true
  if (text.length > 40 && /[.!?。]\s*$/u.test(text)) return true
  if (/(?:https?:\/\/|www\.|\S@\S+\.\S)/i.test(text)) return true
  const words = normalize(text)
  for (const start of noteStarts) if (words === start || words.startsWith(`${start} `)) return true
  return false
}

/** "Page 2 of 5", "Стр. 2", "- 3 -", "第 2 页". */
export function isPageNumber(text: string): boolean {
  if (text.length > pageLengthMax) return false
  return /^[-–—] ?\d{1,4} ?[-–—]$/.test(text) || pageNumber.test(normalize(text))
}

const pageLengthMax = 40
const pageNumber =
  /^(?:(?:page|seite|blatt|pagina|pag|strona|str|strana|страница|стр|сторінка|стор|sida|side|sivu|oldal|sayfa|σελιδα|σελ|עמוד|صفحة|lehekulg|puslapis) \d{1,4}(?: (?:(?:of|von|de|di|van|z|ze|из|з|af|av|fra|sur|od|από|απο|מתוך|من) )?\d{1,4})?|第 ?\d{1,4} ?[页頁](?: 共 ?\d{1,4} ?[页頁])?|\d{1,4} ?(?:ページ|页|頁))$/u

/** "Director ________ J. Smith", "Подпись". */
function isSignature(text: string): boolean {
  return /_{4,}|\.{8,}/.test(text)
}

/** Whether a text names a tax or a charge that stands below a sum: "VAT 20 %", "Moms 25 %", "в т.ч. НДС". */
export function isTaxText(text: string): boolean {
  return text.length <= totalLengthMax && taxText.test(normalize(text))
}

const taxText =
  /^(?:(?:incl|inkl|plus|zzgl|в т ч|в том числе|у т ч|у тому числі|w tym|dont|di cui|davon|hvoraf|varav) )?(?:vat|mwst|ust|tva|iva|btw|moms|mva|dph|kdv|ндс|пдв|φπα|fpa|מעמ|gst|tax|mehrwertsteuer|umsatzsteuer)(?: \d{1,2}(?: \d)?)?$/u

const totalLengthMax = 60
const headingLengthMax = 120

/** Words for total that may also begin a name ("Total Cleaner 5 l"): they count alone or with words of money. */
const totalWords = `total|totals|sum|totale|totali|totaal|gesamt|suma|soma|somme|summa|sumy|σύνολο|συνολο|сума|итог|всього|összesen|celkom|skupaj|ukupno|общо|kopa|kopā|iš viso|viso|kokku|somma|delsum|i alt|totalt|totalsum|endbetrag|rechnungsbetrag|tổng cộng|รวม|합계|총계|סהכ|סה"כ|סך הכל|المجموع|الإجمالي|总计|合计|合計|總計|小计|小計|总额|総計|toplam|razem|celkem|i alt|yhteensä|всего|разом|усього`

const totals = new Set(split(totalWords))

/** Phrases that begin no name. */
const totalPhrases = `итого|итог|всего по|всього|разом по|grand total|sub total|subtotal|total amount|total price|total sum|gesamtsumme|gesamtbetrag|zwischensumme|summe|endsumme|sous total|total général|total ht|total ttc|subtotale|totale generale|total general|suma total|importe total|eindtotaal|subtotaal|totalsumma|delsumma|totalbeløb|totalt|ogółem|razem netto|razem brutto|celková cena|mezisoučet|genel toplam|ara toplam|γενικό σύνολο`

const totalStarts = split(totalPhrases)

const totalBeginnings = new Set(
  `${totalWords}|${totalPhrases}`
    .split('|')
    .flatMap((word) => [word.trim(), normalize(word)])
    .map((word) => word.slice(0, beginningLength).toLowerCase()),
)

const moneyWords = new Set(
  split(
    `s|c|w|sem|com|con|sin|senza|ohne|inc|hors|taxe|taxes|due|payable|pagar|payer|bez|vč|dph|kdv|пдв|eur|usd|gbp|sek|nok|dkk|pln|czk|rub|uah|chf|amount|price|net|netto|gross|brutto|incl|excl|inkl|exkl|vat|mwst|moms|mva|tva|iva|ндс|с|без|из|по|of|items|positions|order|general|generale|tax|betrag|summe|ht|ttc|руб|грн|kr|к|оплате`,
  ),
)

const noteStarts = split(
  `note|notes|nb|please note|remark|remarks|prices|all prices|hinweis|anmerkung|alle preise|preise|remarque|tous les prix|les prix|nota|prezzi|los precios|precios|todos los precios|os preços|alle prijzen|prijzen|priserne|alle priser|priser|uwaga|ceny|poznámka|примечание|цены указаны|все цены|внимание|примітка|ціни вказані|fiyatlara|fiyatlar|τιμές|οι τιμές|הערה|המחירים|ملاحظة|الأسعار|备注|注|注意|備考|valid from|valid until|gültig ab|gültig bis|stand`,
)

function split(text: string): string[] {
  return text
    .split('|')
    .map(normalize)
    .filter((words) => words !== '')
}
