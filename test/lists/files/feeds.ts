import { type Draft, draft } from '../draft.ts'
import { drawing, fromCents, gtin13 } from '../draw.ts'
import { truthOf } from '../truth.ts'

/** Lists that are no tables: a YML catalog and a shop's products as JSON. */
export function feeds() {
  return [ymlCatalog(), shopProducts()]
}

function ymlCatalog() {
  const items = draft()
  const draw = drawing(380)
  const categories = [
    ['1', null, 'Одяг'],
    ['11', '1', 'Куртки'],
    ['12', '1', 'Сорочки &amp; футболки'],
    ['2', null, 'Взуття'],
  ] as const
  const offers = Array.from({ length: 36 }, (_, index) => {
    const category = draw.pick(['11', '12', '2'] as const)
    const sku = `OD-${String(index * 5 + 2).padStart(4, '0')}`
    const name = `${category === '2' ? 'Черевики' : 'Куртка'} «Модель ${index + 1}»`
    const cents = 45_000 + draw.below(400) * 1050
    const old = index % 5 === 0 ? `<oldprice>${fromCents(Math.round(cents * 1.2))}</oldprice>` : ''
    const path = category === '2' ? ['Взуття'] : ['Одяг', category === '11' ? 'Куртки' : 'Сорочки & футболки']
    items.item([], { sku, name, price: fromCents(cents), currency: 'UAH', brand: 'Верес', category: path })
    return [
      `<offer id="${7000 + index}" available="${index % 4 !== 0}">`,
      `<url>https://veres.example/p/${7000 + index}</url>`,
      `<price>${fromCents(cents)}</price>${old}<currencyId>UAH</currencyId><categoryId>${category}</categoryId>`,
      `<picture>https://veres.example/i/${index}.jpg</picture><picture>https://veres.example/i/${index}b.jpg</picture>`,
      `<vendor>Верес</vendor><vendorCode>${sku}</vendorCode><name>${name}</name>`,
      `<description><![CDATA[<p>Опис &nbsp; моделі, від 100 грн</p>]]></description>`,
      `<barcode>${gtin13(`48200000${String(1000 + index)}`)}</barcode>`,
      `<param name="Розмір">${40 + (index % 8)}</param><param name="Колір">чорний</param>`,
      '</offer>',
    ].join('\n')
  })
  const tree = categories.map(
    ([id, parent, name]) =>
      `<category id="${id}"${parent === null ? '' : ` parentId="${parent}"`}>${name}</category>`,
  )
  const text = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<yml_catalog date="2026-01-20 08:00"><shop><name>Верес</name><company>ТОВ Верес</company>',
    '<currencies><currency id="UAH" rate="1"/><currency id="USD" rate="41.5"/></currencies>',
    `<categories>${tree.join('')}</categories><offers>`,
    ...offers,
    '</offers></shop></yml_catalog>',
    '',
  ].join('\n')
  const made = feed('ua-odyag.xml', text, items, {
    note: 'YML catalog with a tree of categories, old prices and parameters',
    currency: 'UAH',
    pitfalls:
      'vendorCode or id is the article number; oldprice is not the price; amounts in descriptions; entities',
  })
  // An offer's id is as good a code as its vendor's: it is what the shop itself goes by.
  const ids = new Map(items.items.map(({ item }, index) => [item.sku, String(7000 + index)]))
  const samples = made.truth.samples.map((sample) => {
    const sku = String(sample.sku)
    return { ...sample, sku: [sku, ids.get(sku) ?? sku] }
  })
  const prices = Object.fromEntries(
    items.items.flatMap(({ item: { sku, price } }) => [
      [sku, price],
      [ids.get(sku) ?? sku, price],
    ]),
  )
  return { ...made, truth: { ...made.truth, samples, prices } }
}

function shopProducts() {
  const items = draft()
  const draw = drawing(610)
  const products = Array.from({ length: 14 }, (_, index) => {
    const title = `${draw.pick(['Linen Cushion', 'Oak Stool', 'Wool Throw'])} No. ${index + 1}`
    const variants = ['Natural', 'Charcoal', 'Moss'].slice(0, 1 + (index % 3)).map((shade, at) => {
      const sku = `HM-${100 + index}-${shade.slice(0, 2).toUpperCase()}`
      const price = fromCents(1900 + draw.below(150) * 100 + at * 250)
      const names = [
        title,
        ...[' ', ' - ', ', ', ' / '].map((between) => title + between + shade),
        `${title} (${shade})`,
      ]
      items.item([], { sku, name: names, price })
      return {
        id: 44_000_000_000_000 + index * 10 + at,
        title: shade,
        sku,
        price,
        compare_at_price: at === 0 ? fromCents(19_900) : null,
        grams: 450,
      }
    })
    return {
      id: 8_100_000_000_000 + index,
      title,
      body_html: `<p>${title}, from $19</p>`,
      vendor: 'Hearth & Moor',
      product_type: 'Home',
      handle: title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'),
      variants,
      images: [{ src: `https://hearth.example/${index}.jpg` }],
    }
  })
  return feed('en-shop-products.json', `${JSON.stringify({ products }, null, 1)}\n`, items, {
    note: 'a shop’s products as JSON, one item a variant',
    currency: null,
    pitfalls:
      'variants inherit the title of their product; compare_at_price is not the price; ids of 14 digits; no currency',
  })
}

function feed(
  file: string,
  text: string,
  items: Draft,
  said: { note: string; currency: string | null; pitfalls: string },
) {
  const truth = truthOf({ file, verdict: ['price-list', 'review'], tables: [], ...said }, [items])
  // Rows of such a file are counted in more than one way.
  const samples = truth.samples.map(({ row: _, ...sample }) => sample)
  return { file, bytes: new TextEncoder().encode(text), truth: { ...truth, samples } }
}
