import { draft } from '../draft.ts'
import { drawing, fromCents, gtin13 } from '../draw.ts'
import { truthOf } from '../truth.ts'

/** Catalogs in XML as merchants and wholesalers exchange them. */
export function tradeFeeds() {
  return [merchantFeed(), wholesaleCatalog()]
}

function merchantFeed() {
  const items = draft()
  const draw = drawing(17)
  const entries = Array.from({ length: 24 }, (_, index) => {
    const sku = `GM-${300 + index * 3}`
    const name = `${draw.pick(['Trail Shoe', 'Rain Jacket', 'Day Pack 20 L'])} ${index + 1}`
    const price = fromCents(2900 + draw.below(140) * 100)
    items.item([], { sku, name, price, currency: 'EUR', brand: 'Fernhill' })
    return [
      `<item><g:id>${sku}</g:id><g:title>${name}</g:title><g:description>From 10.00 EUR a month</g:description>`,
      `<g:link>https://fernhill.example/p/${index}</g:link><g:image_link>https://fernhill.example/i/${index}.jpg</g:image_link>`,
      `<g:price>${price} EUR</g:price><g:availability>in_stock</g:availability><g:brand>Fernhill</g:brand>`,
      `<g:gtin>${gtin13(`40123450${String(1000 + index)}`)}</g:gtin><g:shipping><g:country>DE</g:country><g:price>4.90 EUR</g:price></g:shipping></item>`,
    ].join('\n')
  })
  const text = [
    '<?xml version="1.0"?>',
    '<rss xmlns:g="http://base.google.com/ns/1.0" version="2.0"><channel>',
    '<title>Fernhill</title><link>https://fernhill.example</link><description>All products</description>',
    ...entries,
    '</channel></rss>',
    '',
  ].join('\n')
  return feed('en-merchant.xml', text, items, 'EUR', {
    note: 'a merchant feed in RSS; amount and currency in one element',
    pitfalls: 'the price of shipping is no further price; amounts in descriptions; every name has a prefix',
  })
}

function wholesaleCatalog() {
  const items = draft()
  const draw = drawing(29)
  const articles = Array.from({ length: 20 }, (_, index) => {
    const sku = `00${String(77_100 + index * 7)}`
    const name = `${draw.pick(['Schaltschrank 600x400', 'Hutschiene 1 m', 'Reihenklemme 4 mm²'])} Ausf. ${index + 1}`
    const cents = 190 + draw.below(50_000)
    const retail = Math.round(cents * 1.4)
    items.item([], { sku, name, price: fromCents(cents), currency: 'EUR' })
    return [
      `<ARTICLE mode="new"><SUPPLIER_AID>${sku}</SUPPLIER_AID><ARTICLE_DETAILS>`,
      `<DESCRIPTION_SHORT>${name}</DESCRIPTION_SHORT><DESCRIPTION_LONG>${name}, lichtgrau</DESCRIPTION_LONG>`,
      `<EAN>${gtin13(`40556780${String(1000 + index)}`)}</EAN><MANUFACTURER_NAME>Kastell</MANUFACTURER_NAME></ARTICLE_DETAILS>`,
      '<ARTICLE_ORDER_DETAILS><ORDER_UNIT>C62</ORDER_UNIT><CONTENT_UNIT>C62</CONTENT_UNIT></ARTICLE_ORDER_DETAILS>',
      `<ARTICLE_PRICE_DETAILS><ARTICLE_PRICE price_type="net_customer"><PRICE_AMOUNT>${fromCents(cents)}</PRICE_AMOUNT><PRICE_CURRENCY>EUR</PRICE_CURRENCY></ARTICLE_PRICE>`,
      `<ARTICLE_PRICE price_type="nrp"><PRICE_AMOUNT>${fromCents(retail)}</PRICE_AMOUNT><PRICE_CURRENCY>EUR</PRICE_CURRENCY></ARTICLE_PRICE></ARTICLE_PRICE_DETAILS></ARTICLE>`,
    ].join('\n')
  })
  const text = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<BMECAT version="1.2"><HEADER><CATALOG><LANGUAGE>deu</LANGUAGE><CATALOG_ID>2026</CATALOG_ID><CURRENCY>EUR</CURRENCY></CATALOG>',
    '<SUPPLIER><SUPPLIER_NAME>Kastell GmbH</SUPPLIER_NAME></SUPPLIER></HEADER><T_NEW_CATALOG>',
    ...articles,
    '</T_NEW_CATALOG></BMECAT>',
    '',
  ].join('\n')
  return feed('de-bmecat.xml', text, items, 'EUR', {
    note: 'a wholesaler’s catalog in BMEcat',
    pitfalls:
      'two prices an article, told apart by an attribute: the customer’s net price comes first; leading zeros',
  })
}

function feed(
  file: string,
  text: string,
  items: ReturnType<typeof draft>,
  currency: string,
  said: { note: string; pitfalls: string },
) {
  const truth = truthOf({ file, verdict: ['price-list', 'review'], tables: [], currency, ...said }, [items])
  // Rows of such a file are counted in more than one way.
  const samples = truth.samples.map(({ row: _, ...sample }) => sample)
  return { file, bytes: new TextEncoder().encode(text), truth: { ...truth, samples } }
}
