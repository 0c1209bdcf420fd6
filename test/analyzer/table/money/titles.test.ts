import { describe, expect, test } from 'bun:test'
import { titleFacts } from '../../../../src/analyzer/table/money/titles.ts'
import { readTable, rowsOf } from '../../../helpers/rows.ts'

describe('a title', () => {
  test('names the currency of all prices in many languages', () => {
    const titles: [string, string | null][] = [
      ['All prices in EUR', 'EUR'],
      ['ALL PRICES IN USD', 'USD'],
      ['Prices in US dollars', 'USD'],
      ['Preise in €, zzgl. MwSt.', 'EUR'],
      ['Цены указаны в рублях', 'RUB'],
      ['Ціни в гривнях', 'UAH'],
      ['Preços em R$', 'BRL'],
      ['Precios en pesos mexicanos', 'MXN'],
      ['Alle priser i danske kroner', 'DKK'],
      ['Ceny v Kč bez DPH', 'CZK'],
      ['Währung: CHF', 'CHF'],
      ['الأسعار بالريال السعودي', null],
      ['أسعار بـ ريال سعودي', 'SAR'],
      ['Tarif professionnel, en euros H.T., franco 400 €', 'EUR'],
      ['Preise in EUR, ab 500 EUR frei Haus', 'EUR'],
      // Amounts and rates are not the currency of the list.
      ['Prices valid for orders over 500 USD', null],
      ['Цены по курсу 1 USD = 41,20 грн', null],
      ['Preise gültig ab 500 EUR, frei Haus ab 1000 EUR', null],
      ['Prices in $', null],
      ['Delivery in EUR countries', null],
    ]
    for (const [title, currency] of titles)
      expect([title, titleFacts(rowsOf(title), null).currency]).toEqual([title, currency])
  })

  test('counts where neither cell nor header nor column names one, and the configuration after it', () => {
    const list = 'SKU|Name|Price\nA-1|Hammer|12.50\nA-2|Saw|24.00'
    const currencyOf = (text: string, currency: string | null = null) =>
      readTable(rowsOf(text), { currency }).decision.currency
    expect(currencyOf(`All prices in EUR\n${list}`)).toEqual({ code: 'EUR', from: 'title' })
    expect(currencyOf(`All prices in EUR\n${list}`, 'USD')).toEqual({ code: 'EUR', from: 'title' })
    expect(currencyOf(`${list}\n||\nAll prices in EUR`)).toEqual({ code: 'EUR', from: 'title' })
    expect(currencyOf(`All prices in EUR\n${list.replace('Price', 'Price CHF')}`).code).toBe('CHF')
    expect(currencyOf(`Prices in EUR and USD: EUR first\nPrices in USD\n${list}`).code).toBeNull()
    // A title settles whose dollars they are, and cannot make euros of them.
    const dollars = list.replace('12.50', '$12.50').replace('24.00', '$24.00')
    expect(currencyOf(`Prices in CAD\n${dollars}`)).toEqual({ code: 'CAD', from: 'title' })
    expect(currencyOf(`Prices in EUR\n${dollars}`).code).toBeNull()
  })

  test('says whether prices are with VAT', () => {
    const { decision } = readTable(
      rowsOf('Alle Preise zzgl. MwSt.\nSKU|Name|Preis\nA-1|Hammer|12,50\nA-2|Säge|24,00'),
    )
    expect(decision.priceTax).toBe('net')
  })
})
