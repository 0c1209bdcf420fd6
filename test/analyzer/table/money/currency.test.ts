import { describe, expect, test } from 'bun:test'
import { currencyIn, currencyOf } from '../../../../src/analyzer/table/money/currency.ts'

describe('a currency', () => {
  test('is known by its sign, its code or its word', () => {
    const known = {
      '€': 'EUR',
      EUR: 'EUR',
      sek: 'SEK',
      'руб.': 'RUB',
      грн: 'UAH',
      Kč: 'CZK',
      zł: 'PLN',
      '₪': 'ILS',
      'ש"ח': 'ILS',
      TL: 'TRY',
      US$: 'USD',
      R$: 'BRL',
      HK$: 'HKD',
      円: 'JPY',
      '₽': 'RUB',
      '£': 'GBP',
    }
    for (const [word, code] of Object.entries(known))
      expect([word, currencyOf(word)?.code]).toEqual([word, code])
  })

  test('that shares its sign with others never silently becomes one of them', () => {
    for (const sign of ['$', 'kr', 'kr.', '¥', 'Fr.', 'pesos', '元']) {
      const mention = currencyOf(sign)
      expect([sign, mention?.code]).toEqual([sign, null])
      expect(mention?.candidates.length).toBeGreaterThan(1)
    }
  })

  test('is no common word in small letters', () => {
    for (const word of ['all', 'try', 'top', 'price', 'XYZ', 'kg'])
      expect([word, currencyOf(word)]).toEqual([word, null])
  })

  test('is found in headers', () => {
    const headers = {
      'Цена, RUB': 'RUB',
      'SRP, US$': 'USD',
      '€ без ПДВ': 'EUR',
      'Preis/Euro': 'EUR',
      'Стоимость, руб': 'RUB',
      'Price (SEK) excl. VAT': 'SEK',
      Price_EUR: 'EUR',
      'Ціна, грн.': 'UAH',
    }
    for (const [header, code] of Object.entries(headers))
      expect([header, currencyIn(header)?.code]).toEqual([header, code])
    expect(currencyIn('Price')).toBeNull()
    expect(currencyIn('Price ($)')?.code).toBeNull()
  })
})
