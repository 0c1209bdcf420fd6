import { type ColumnProfile, fill, share } from '../columns/columns.ts'
import type { Mapping } from '../columns/mapping.ts'
import { columnLetter } from '../letters.ts'
import { isNoPriceHeader } from '../money/price-rank.ts'
import type { Row } from '../rows/row.ts'
import { cellText, normalize } from '../text.ts'
import { isMultiplied, isSummedUp } from './sums.ts'

/** What is known of a table that may be no price list. */
export interface DocumentSigns {
  headers: readonly string[]
  mapping: Mapping
  profiles: readonly ColumnProfile[]
  /** Rows above the header. */
  titles: readonly Row[]
  /** Rows below it with several cells. */
  body: readonly Row[]
}

/**
 * What a table seems to be other than a price list, as a sentence for people; null: nothing speaks for that. Such a
 * table may have a column of amounts and one of texts as a list has, so the words around them must tell.
 */
export function otherDocument(signs: DocumentSigns): string | null {
  const words = signs.headers.map((text) => normalize(text))
  for (const { kind, strong, weak, scoreMin } of kindsOfHeader) {
    const found = words.filter((word) => strong.has(word))
    const score = found.length * 2 + words.filter((word) => weak.has(word)).length
    if (found.length > 0 && score >= scoreMin) return sentence(kind, found, signs.headers)
  }
  const account = accountWords.flatMap((each) => words.find((word) => each.has(word)) ?? [])
  if (account.length === accountWords.length)
    return sentence('a statement of account', account, signs.headers)
  const years = words.filter((word) => /^(?:19|20)\d\d$/.test(word))
  if (years.length >= yearsMin) return sentence('statistics by year', years, signs.headers)
  const months = words.filter((word) => monthWords.has(word))
  if (months.length >= yearsMin && signs.mapping.price?.header == null)
    return sentence('a report by month', months, signs.headers)
  return byContent(signs, words)
}

function byContent(
  { headers, mapping, profiles, titles, body }: DocumentSigns,
  words: string[],
): string | null {
  const naming = [mapping.name, mapping.sku].flatMap((decided) => decided?.column ?? [])
  const places = naming.filter((column) => placeWords.has(words[column] ?? ''))
  if (places.length > 0 && !hasSureSku(mapping))
    return sentence('a tariff by place', [words[places[0]!]!], headers)
  const holdsCurrencies = naming.some((column) => {
    const profile = profiles[column]
    return profile !== undefined && share(profile.currencyCodes, profile) > 0.8
  })
  if (holdsCurrencies) return 'It reads like exchange rates: the rows are called by currencies.'
  const journal = journalDates(mapping, profiles)
  if (journal !== null) {
    const header = headers[journal] ?? ''
    const where = header === '' ? `column ${columnLetter(journal)}` : `column "${header.slice(0, quotedMax)}"`
    return `It reads like a journal: ${where} holds dates, and the same names come again and again.`
  }
  const title = titles.flatMap(({ cells }) => cells.map((cell) => cellText(cell))).find(isInvoiceTitle)
  const quantity = mapping.stock === undefined ? undefined : profiles[mapping.stock.column]
  const hasQuantities = quantity !== undefined && fill(quantity) > 0.5
  if (title !== undefined && hasQuantities)
    return `It reads like an invoice or an order: "${title.slice(0, quotedMax)}".`
  const price = mapping.price?.column
  if (price !== undefined && mapping.stock !== undefined) {
    const amounts = profiles.filter(({ column }) => isNoPriceHeader(headers[column] ?? ''))
    const columns = { price, quantity: mapping.stock.column }
    const amount = amounts.find(({ column }) => isMultiplied({ ...columns, amount: column }, body))
    if (amount !== undefined)
      return `It reads like an order, an invoice or a stock account: column "${(headers[amount.column] ?? '').slice(0, quotedMax)}" is what the quantities come to.`
  }
  if (price !== undefined && isSummedUp(price, profiles, body))
    return 'It reads like an order, an invoice or a stock account: quantities are multiplied with prices, and summed up.'
  return null
}

/** The column of dates of a table in which most rows are named like others: hours worked, stays, movements. */
function journalDates(mapping: Mapping, profiles: readonly ColumnProfile[]): number | null {
  const naming = profiles[(mapping.sku ?? mapping.name)?.column ?? -1]
  if (naming === undefined || naming.filled < journalRowsMin || share(naming.distinct, naming) > 0.5)
    return null
  const { valid_from: from, valid_to: to } = mapping
  const dates = profiles.find(
    (profile) =>
      profile.column !== from?.column &&
      profile.column !== to?.column &&
      share(profile.dates, profile) > 0.8 &&
      fill(profile) > 0.8 &&
      profile.distinct > 1,
  )
  return dates?.column ?? null
}

const journalRowsMin = 8

/** Articles have numbers, places have not: a list of goods may well name the town of its warehouse. */
function hasSureSku({ sku, name }: Mapping): boolean {
  return sku !== undefined && sku.confidence >= 0.8 && name !== undefined && name.confidence >= 0.8
}

function sentence(kind: string, found: readonly string[], headers: readonly string[]): string {
  const shown = headers.filter((text) => found.includes(normalize(text))).slice(0, 3)
  const columns = shown.map((text) => `"${text.slice(0, quotedMax)}"`).join(', ')
  return `It reads like ${kind}: it has ${shown.length === 1 ? 'a column' : 'columns'} ${columns}.`
}

const quotedMax = 60
const yearsMin = 3

function isInvoiceTitle(text: string): boolean {
  return text.length <= 100 && invoiceTitle.test(normalize(text))
}

const invoiceTitle =
  /^(?:invoice|proforma|rechnung|facture|fattura|factura|fatura|factuur|faktura|fattura|lieferschein|delivery note|purchase order|auftragsbestatigung|bon de livraison|счет на оплату|счет фактура|счет no|товарная накладная|накладная|рахунок|видаткова накладна|τιμολογιο|חשבונית|فاتورة|发票|請求書)(?: |$)/u

interface Kind {
  kind: string
  /** Headers that such a document has and a list hardly ever; each counts 2, a weak one 1. */
  strong: ReadonlySet<string>
  weak: ReadonlySet<string>
  scoreMin: number
}

const dateWords =
  'date|datum|дата|fecha|data|dato|tarih|ημερομηνία|תאריך|التاريخ|日期|日付|time|zeit|время|час'

const kindsOfHeader: Kind[] = [
  {
    kind: 'a bank statement',
    strong: split(
      `debit|credit|debits|credits|value date|booking date|transaction date|transaction|running balance|soll|haben|buchungstag|buchungsdatum|wertstellung|valuta datum|verwendungszweck
      |débit|crédit|date valeur|date de valeur|dare|avere|data valuta|debe|haber|cargo|abono|débito|crédito|fecha valor|bij|af|boekdatum|bokföringsdag|bogføringsdato|rentedato
      |wn|ma|data księgowania|má dáti|dal|дебет|кредит|приход|расход|дата операции|назначение платежа|дата проводки|надходження|видаток|призначення платежу|borç|alacak|χρέωση|πίστωση|חובה|זכות|مدين|دائن|借方|贷方|出金|入金`,
    ),
    weak: split(
      `balance|saldo|kontostand|solde|остаток|сальдо|залишок|bakiye|υπόλοιπο|יתרה|الرصيد|余额|残高|amount|betrag|${dateWords}`,
    ),
    scoreMin: 4,
  },
  {
    kind: 'a payroll or a list of expenses',
    strong: split(
      `employee|salary|wage|net pay|gross pay|mitarbeiter|gehalt|lohn|employé|salaire|dipendente|stipendio|empleado|salario|funcionário|werknemer|salaris|medarbejder|løn|lön|pracownik|wynagrodzenie|zaměstnanec|mzda
      |сотрудник|фио|оклад|зарплата|к выплате|начислено|працівник|зарплатня|піб|çalışan|maaş|עובד|שכר|الموظف|الراتب|员工|工资|社員|給与`,
    ),
    weak: split(`position|department|expense|должность|отдел|посада|${dateWords}`),
    scoreMin: 3,
  },
  {
    kind: 'a timesheet',
    strong: split(
      `hours|hours worked|stunden|std|heures|ore|horas|uren|timer|timmar|godziny|hodiny|часы|часов|кол во часов|години|saat|ώρες|שעות|ساعات|工时|工時|時間数`,
    ),
    weak: split(
      `employee|worker|project|client|task|mitarbeiter|projekt|kunde|aufgabe|tätigkeit|employé|projet|tâche|dipendente|progetto|empleado|proyecto|tarea|projeto|medewerker|project|taak|medarbejder|opgave|pracownik|zadanie|zaměstnanec|úkol|сотрудник|проект|задача|працівник|проєкт|çalışan|proje|עובד|פרויקט|الموظف|المشروع|员工|项目`,
    ),
    scoreMin: 3,
  },
  {
    kind: 'a list of orders or bookings',
    strong: split(
      `customer|customer name|client|client name|buyer|guest|guest name|guest names|booked by|check in|check out|arrival|departure|kunde|kundenname|käufer|gast|gastname|anreise|abreise|acheteur|client nom|nom du client|arrivée|départ|cliente|nome cliente|ospite|comprador|huésped|hóspede|comprador
      |klant|klantnaam|gast|aankomst|vertrek|kund|køber|köpare|gæst|gäst|gjest|ankomst|klient|nabywca|gość|zákazník|kupující|host|клиент|покупатель|заказчик|гость|заезд|выезд|клієнт|покупець|замовник|гість|müşteri|misafir|giriş|πελάτης|αφιξη|αναχωρηση|לקוח|אורח|العميل|الزبون|客户|顾客|得意先|顧客|宿泊者`,
    ),
    weak: split(
      `order date|booked on|order no|order number|booking no|booking number|book number|status|nights|auftragsnummer|bestelldatum|auftragsdatum|date de commande|data ordine|fecha pedido|data do pedido|besteldatum|ordredato|orderdatum|data zamówienia|дата заказа|номер заказа|дата замовлення|sipariş tarihi|${dateWords}`,
    ),
    scoreMin: 3,
  },
  {
    kind: 'a sales report',
    strong: split(
      `revenue|turnover|units sold|sold|sales|umsatz|absatz|verkauft|chiffre d affaires|ca ht|ventes|quantité vendue|fatturato|venduto|ventas|vendido|ingresos|vendas|faturamento|omzet|verkocht|omsætning|omsättning
      |sprzedaż|obrót|przychód|tržby|prodáno|выручка|продано|продажи|оборот|виторг|продажі|satış adedi|ciro|πωλήσεις|τζίρος|מכירות|المبيعات|销售额|销量|売上`,
    ),
    weak: split('share|anteil|доля|growth|total|итого'),
    scoreMin: 4,
  },
]

/** A date, an amount and what is left: one word of each makes an account, whatever the texts beside them are called. */
const accountWords = [
  split(dateWords),
  split(
    'amount|betrag|umsatz|montant|importo|importe|valor|bedrag|beløb|belopp|kwota|částka|сумма|сума|tutar|ποσό|סכום|المبلغ|金额|金額',
  ),
  split('balance|saldo|kontostand|solde|остаток|сальдо|залишок|bakiye|υπόλοιπο|יתרה|الرصيد|余额|残高'),
]

const monthWords = split(
  `jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|january|february|march|april|june|july|august|september|october|november|december|januar|februar|märz|mai|juni|juli|oktober|dezember|okt|dez
  |janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre
  |январь|февраль|март|апрель|май|июнь|июль|август|сентябрь|октябрь|ноябрь|декабрь|янв|фев|апр|авг|сен|окт|ноя|дек|січень|лютий|березень|квітень|травень|червень|липень|серпень|вересень|жовтень|листопад|грудень`,
)

const placeWords = split(
  `region|city|town|country|zone|destination|origin|from|to|route|state|province|district|stadt|ort|land|zone|zielland|plz|postleitzahl|strecke|ville|région|pays|département|trajet|città|regione|paese|provincia|tratta|ciudad|región|país|provincia|destino|ruta
  |cidade|região|plaats|stad|regio|land|bestemming|by|stad|ort|destination|miasto|województwo|kraj|trasa|město|kraj|země|trasa|город|регион|область|страна|направление|маршрут|зона|населенный пункт|пункт назначения|куда|откуда|район|город доставки|регион доставки
  |місто|регіон|країна|напрямок|маршрут|населений пункт|şehir|il|bölge|ülke|πόλη|περιοχή|χώρα|עיר|אזור|מדינה|المدينة|المنطقة|الدولة|城市|地区|国家|都市|地域|都道府県`,
)

function split(text: string): ReadonlySet<string> {
  return new Set(
    text
      .split('|')
      .map((word) => normalize(word))
      .filter((word) => word !== ''),
  )
}
