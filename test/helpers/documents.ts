import type { Cell } from '../../src/analyzer/table/rows/row.ts'

/** A sheet that a supplier might send. */
export interface Document {
  name: string
  lines: Cell[][]
}

const things = [
  'Hammer',
  'Saw',
  'Drill',
  'Pliers',
  'Screwdriver',
  'Wrench',
  'Chisel',
  'Level',
  'Clamp',
  'File',
]
const cities = [
  'Berlin',
  'Hamburg',
  'München',
  'Köln',
  'Frankfurt',
  'Stuttgart',
  'Leipzig',
  'Bremen',
  'Essen',
  'Dresden',
]
const people = [
  'Ivanova Anna',
  'Petrov Oleg',
  'Smith John',
  'Müller Eva',
  'Rossi Marco',
  'Novak Jan',
  'Silva Ana',
  'Kim Lee',
]

const rows = (count: number, row: (n: number) => Cell[]) => Array.from({ length: count }, (_, n) => row(n))
const money = (n: number) => `${((n * 37) % 90) + 3}.${['50', '00', '95', '10'][n % 4]}`
const code = (n: number) => `${'ABC'[n % 3]}-${1000 + n * 37}`
const thing = (n: number) => `${things[n % 10]} ${n + 1}`
const day = (n: number) => `2026-0${1 + (n % 9)}-1${n % 10}`

/** Sheets that are no price lists: none may be taken for one. */
export const strangers: Document[] = [
  {
    name: 'a delivery tariff by region',
    lines: [
      ['Region', 'City', 'Base, EUR', 'Per km, EUR'],
      ...rows(20, (n) => ['DE', `${cities[n % 10]} ${n}`, 20 + n, `0.${30 + n}`]),
    ],
  },
  {
    name: 'delivery costs by city and weight',
    lines: [
      ['Стоимость доставки по городам'],
      ['Город', 'до 1 кг', 'до 5 кг', 'до 10 кг'],
      ...rows(20, (n) => [`${cities[n % 10]} ${n}`, 250 + n, 350 + n, 500 + n]),
    ],
  },
  {
    name: 'a category tree',
    lines: [
      ['Номер_группы', 'Название_группы', 'Номер_родителя'],
      ...rows(20, (n) => [100 + n, `Группа ${things[n % 10]}`, 100 + (n >> 1)]),
    ],
  },
  {
    name: 'discount groups',
    lines: [
      ['Rabattgruppe', 'Bezeichnung', 'Rabatt %'],
      ...rows(20, (n) => [`R${n}`, thing(n), `${5 + n} %`]),
    ],
  },
  {
    name: 'an order form without prices',
    lines: [['Article', 'Product', 'Pack', 'Order qty'], ...rows(20, (n) => [code(n), thing(n), 10, ''])],
  },
  {
    name: 'a stock list',
    lines: [
      ['SKU', 'Product', 'Stock', 'Reserved'],
      ...rows(20, (n) => [code(n), thing(n), (n * 37) % 211, n % 3]),
    ],
  },
  {
    name: 'a bank statement',
    lines: [
      ['Account', 'DE02120300000000202051'],
      ['Date', 'Value date', 'Description', 'Amount', 'Balance'],
      ...rows(20, (n) => [
        day(n),
        day(n),
        `Transfer ${people[n % 8]}`,
        `${n % 2 === 0 ? '-' : ''}${money(n)}`,
        `${1000 + n * 3}.20`,
      ]),
    ],
  },
  {
    name: 'a statement whose amounts have two columns',
    lines: [
      ['Date', 'Description', 'Debit', 'Credit', 'Balance'],
      ...rows(20, (n) => [
        day(n),
        `Payment ${n}`,
        n % 2 ? money(n) : '',
        n % 2 ? '' : money(n),
        `${1000 + n}.00`,
      ]),
    ],
  },
  {
    name: 'an invoice',
    lines: [
      ['Invoice No. 4711', '', '', '', ''],
      ['Date', '2026-03-01', '', '', ''],
      ['Bill to', 'Example Ltd', '', '', ''],
      ['Pos', 'Description', 'Quantity', 'Unit price', 'Amount'],
      ...rows(5, (n) => [n + 1, thing(n), n + 2, money(n), money(n + 3)]),
      ['', '', '', 'Subtotal', '100.00'],
      ['', '', '', 'VAT 19 %', '19.00'],
      ['', '', '', 'Total due', '119.00'],
    ],
  },
  {
    name: 'an account of expenses',
    lines: [
      ['Date', 'Employee', 'Expense', 'Amount EUR'],
      ...rows(20, (n) => [day(n), people[n % 8]!, 'Taxi', money(n)]),
    ],
  },
  {
    name: 'statistics by year',
    lines: [
      ['Country', '2021', '2022', '2023', '2024'],
      ...rows(20, (n) => [`${cities[n % 10]} ${n}`, 120 + n, 130 + n, 140 + n, 150 + n]),
    ],
  },
  {
    name: 'a schedule',
    lines: [
      ['Time', 'Monday', 'Tuesday', 'Wednesday'],
      ...rows(10, (n) => [`${8 + n}:00`, 'Maths', 'Physics', 'Sports']),
    ],
  },
  {
    name: 'contacts',
    lines: [
      ['Name', 'Position', 'Phone', 'E-mail'],
      ...rows(12, (n) => [people[n % 8]!, 'Manager', `+49 30 12345${10 + n}`, `m${n}@example.com`]),
    ],
  },
  {
    name: 'a payroll',
    lines: [
      ['№', 'ФИО', 'Должность', 'Оклад', 'К выплате'],
      ...rows(12, (n) => [n + 1, people[n % 8]!, 'Менеджер', 50_000 + n * 100, 43_500 + n * 87]),
    ],
  },
  {
    name: 'hours worked',
    lines: [
      ['Personal-Nr.', 'Name', 'Tag', 'Stunden', 'Stundensatz €', 'Betrag €'],
      ...rows(24, (n) => [
        4400 + (n % 3),
        people[n % 3]!,
        `${1 + (n >> 2)}.01.2026`,
        8,
        32.5 + (n % 3),
        260 + n,
      ]),
    ],
  },
  {
    name: 'an order that is filled in',
    lines: [
      ['Nota de Encomenda N.º 118/2026'],
      ['Ref.', 'Descrição', 'Qtd. encomendada', 'Preço unit. €', 'Total €'],
      ...rows(4, (n) => [code(n), thing(n), 10 + n, 5 + n, (10 + n) * (5 + n)]),
      ['', '', '', 'Total s/ IVA', 302],
    ],
  },
  {
    name: 'ids and prices',
    lines: [['id', 'price', 'available'], ...rows(20, (n) => [110_904_206 + n * 371, 500 + n * 10, 'TRUE'])],
  },
  {
    name: 'a log',
    lines: rows(30, (n) => [
      `2026-03-01T10:${10 + n}:00Z`,
      'INFO',
      `request ${n} took`,
      (n * 37) % 500,
      'ms',
    ]),
  },
  {
    name: 'a letter',
    lines: [
      ['Dear customers,'],
      ['we are pleased to send you our new catalogue.'],
      ['Prices rise by 3 % on 1 March.'],
      ['Kind regards'],
      ['Example Ltd'],
    ],
  },
  {
    name: 'exchange rates',
    lines: [
      ['Currency', 'Code', 'Rate'],
      ['US dollar', 'USD', '41.20'],
      ['Euro', 'EUR', '48.10'],
      ['Pound', 'GBP', '55.03'],
      ['Franc', 'CHF', '50.70'],
      ['Zloty', 'PLN', '11.25'],
    ],
  },
  {
    name: 'sales by month',
    lines: [
      ['SKU', 'Product', 'Jan', 'Feb', 'Mar', 'Total'],
      ...rows(20, (n) => [code(n), thing(n), n * 3, n * 4, n * 5, n * 12]),
    ],
  },
  {
    name: 'a sales report',
    lines: [
      ['Product', 'Units sold', 'Revenue', 'Share %'],
      ...rows(20, (n) => [thing(n), n * 3, `${n * 310}.00`, `${n}.5`]),
    ],
  },
  {
    name: 'measurements without a header',
    lines: rows(30, (n) => [`Sample ${n} point ${n % 3}`, `${n}.25`, `${n}.31`, `${n}.29`]),
  },
  {
    name: 'technical data',
    lines: [
      ['Model', 'Power, W', 'Weight, kg', 'Length, mm'],
      ...rows(20, (n) => [`TX-${100 + n}`, 500 + n * 10, `${2 + n / 10}`, 300 + n]),
    ],
  },
  {
    name: 'a questionnaire',
    lines: [
      ['Question', 'Answer'],
      ...rows(10, (n) => [`How satisfied are you with ${things[n % 10]}?`, 1 + (n % 5)]),
    ],
  },
  {
    name: 'a statement of account without words for debit and credit',
    lines: [
      ['Date', 'Description', 'Amount', 'Balance'],
      ...rows(12, (n) => ['2026-01-02', `Payment ${n}`, money(n), 1000 + n]),
    ],
  },
  {
    name: 'a timesheet',
    lines: [['Name', 'Project', 'Hours', 'Rate'], ...rows(12, (n) => [people[n % 7]!, `P${n}`, n % 8, 50])],
  },
]

/** Sheets that look odd and are price lists all the same: nobody needs to be asked. */
export const lists: (Document & { items: number })[] = [
  {
    name: 'an order form with prices',
    items: 20,
    lines: [
      ['Article', 'Product', 'Price EUR', 'Order qty', 'Sum'],
      ...rows(20, (n) => [code(n), thing(n), money(n), '', 0]),
    ],
  },
  {
    name: 'a Russian order form',
    items: 20,
    lines: [
      ['Прайс-лист от 01.03.2026'],
      ['Код', 'Наименование', 'Ед.', 'Цена, руб.', 'Заказ', 'Сумма'],
      ...rows(20, (n) => [code(n), thing(n), 'шт', money(n), '', 0]),
      ['Итого', '', '', '', '', 0],
    ],
  },
  {
    name: 'a German order form',
    items: 20,
    lines: [
      ['Art.-Nr.', 'Bezeichnung', 'VPE', 'Preis/Euro', 'Bestellmenge'],
      ...rows(20, (n) => [code(n), thing(n), 10, money(n).replace('.', ','), '']),
    ],
  },
  {
    name: 'services of a workshop',
    items: 10,
    lines: [['Услуга', 'Цена, руб.'], ...rows(10, (n) => [`Замена ${thing(n)}`, 500 + n * 50])],
  },
  {
    name: 'a menu with sections',
    items: 6,
    lines: [
      ['Dish', 'Price, €'],
      ['Starters'],
      ['Soup', '4.50'],
      ['Salad', '5.50'],
      ['Mains'],
      ['Fish', '14.00'],
      ['Steak', '19.00'],
      ['Pasta', '9.50'],
      ['Wine', '6.00'],
    ],
  },
  {
    name: 'a list with a discount column',
    items: 20,
    lines: [
      ['SKU', 'Product', 'List price', 'Discount %', 'Net price'],
      ...rows(20, (n) => [code(n), thing(n), money(n), 10, money(n)]),
    ],
  },
  {
    name: 'a list with years, pages and weights',
    items: 20,
    lines: [
      ['ISBN', 'Author', 'Title', 'Year', 'Pages', 'Price'],
      ...rows(20, (n) => [
        `978-5-88070-${100 + n}-3`,
        people[n % 8]!,
        `On ${thing(n)}`,
        1999 + n,
        120 + n * 7,
        300 + n * 10,
      ]),
    ],
  },
  {
    name: 'a list with valid-from dates',
    items: 20,
    lines: [
      ['Item no', 'Description', 'Price EUR', 'Valid from'],
      ...rows(20, (n) => [code(n), thing(n), money(n), '2026-03-01']),
    ],
  },
  {
    name: 'a list by city of the warehouse',
    items: 20,
    lines: [
      ['Артикул', 'Название', 'Город', 'Цена', 'Остаток'],
      ...rows(20, (n) => [code(n), thing(n), cities[n % 10]!, 500 + n * 10, n]),
    ],
  },
  {
    name: 'a list with margin and profit',
    items: 20,
    lines: [
      ['SKU', 'Product', 'Price', 'RRP', 'Margin %', 'Profit', 'Share', 'Sold'],
      ...rows(20, (n) => [code(n), thing(n), money(n), money(n + 1), 20, 3, 1, n]),
    ],
  },
  {
    name: 'SKUs and prices',
    items: 20,
    lines: [['SKU', 'Price'], ...rows(20, (n) => [code(n), money(n)])],
  },
  {
    name: 'a list with the day of the last delivery',
    items: 20,
    lines: [
      ['SKU', 'Product', 'Price', 'Delivered'],
      ...rows(20, (n) => [code(n), thing(n), money(n), day(n)]),
    ],
  },
  {
    name: 'a list with pack sizes and pack prices',
    items: 20,
    lines: [
      ['SKU', 'Product', 'Unit price', 'Pack', 'Pack price'],
      ...rows(20, (n) => [code(n), thing(n), 5 + n, 10 + (n % 3), (10 + (n % 3)) * (5 + n)]),
    ],
  },
  {
    name: 'a list of two rows',
    items: 2,
    lines: [
      ['SKU', 'Name', 'Price'],
      ['A-1', 'Hammer', '12.50'],
      ['A-2', 'Saw', '24.00'],
    ],
  },
  {
    name: 'a list with a balance in stock',
    items: 20,
    lines: [
      ['Code', 'Description', 'Price', 'Balance', 'Date'],
      ...rows(20, (n) => [code(n), thing(n), money(n), n, '2026-03-01']),
    ],
  },
  {
    name: 'a list of spare parts by model year',
    items: 20,
    lines: [
      ['Part no', 'Description', 'Model year', 'Price USD'],
      ...rows(20, (n) => [code(n), thing(n), 2010 + (n % 9), money(n)]),
    ],
  },
  {
    name: 'a list of fabrics by the metre',
    items: 20,
    lines: [
      ['Art. no', 'Quality', 'Width, cm', 'Weight, g/m2', 'Price/m, EUR'],
      ...rows(20, (n) => [code(n), `Cotton ${n}`, 140 + (n % 3) * 10, 120 + n, money(n)]),
    ],
  },
  {
    name: 'a price list of transport boxes',
    items: 20,
    lines: [
      ['Artikelnummer', 'Transportbox', 'Länge mm', 'Preis EUR'],
      ...rows(20, (n) => [code(n), `Box ${thing(n)}`, 300 + n, money(n)]),
    ],
  },
  {
    name: 'a list of services with the hours that they take',
    items: 20,
    lines: [
      ['Услуга', 'Часы', 'Цена, руб.'],
      ...rows(20, (n) => [`Ремонт узла ${n}`, 1 + (n % 4), money(n)]),
    ],
  },
  {
    name: 'a list of courses with dates and hours',
    items: 20,
    lines: [
      ['Bezeichnung', 'Datum', 'Stunden', 'Preis EUR'],
      ...rows(20, (n) => [`Kurs über ${thing(n)} ${n}`, '02.03.2026', 8, money(n)]),
    ],
  },
]
