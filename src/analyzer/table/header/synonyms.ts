import type { Field } from '../decision.ts'
import { normalize } from '../text.ts'
import { furtherSynonyms } from './further-synonyms.ts'

/**
 * What headers are called. Three tiers, best first: `sure` names only this field; `good` nearly always does; `vague`
 * words ("code", "cost", "title") yield to anything better. A header may stand under several fields: what the
 * column holds decides. Lines go by language: English, German, French, Italian, Spanish, Portuguese, Dutch,
 * Danish/Norwegian/Swedish, Polish, Czech, Russian, Ukrainian, Turkish, Greek, Hebrew, Arabic, Chinese, Japanese.
 */
export interface Synonyms {
  sure: readonly string[]
  good: readonly string[]
  vague: readonly string[]
}

const lists: Record<Field, { sure: string; good?: string; vague?: string }> = {
  sku: {
    sure: `matnr|supplier code|supplier sku|supplier item code|supplier part number|supplier item no|internal reference|default code|interne referenz|référence interne|referencia interna|riferimento interno|supplier aid|supplier pid|č zboží|kat č|katalog č|obj č|κωδ|κωδ είδους|best nr|rif|nr kat|каталожный no|кат номер|كود|catalogue no|상품코드|품번|제품코드|sku|item code|item no|item number|item nr|product code|product number|product no|part number|part no|article number|article no
      |article code|stock code|variant sku|material number|catalog number|catalogue number|cat no|item sku|sku code|order number|order code|model number
      |artikelnummer|artikelnr|artikel nr|art nr|artnr|bestellnummer|bestell nr|bestellnr|artikel no|materialnummer|produktnummer|sachnummer|teilenummer|artikelcode
      |référence|réf|ref produit|référence produit|référence article|code article|code produit|numéro d article|n article|réf article
      |codice articolo|cod articolo|codice prodotto|cod art|cod prodotto|riferimento
      |referencia|código de artículo|código artículo|código producto|código de producto|cod artículo|ref producto|clave producto|número de artículo
      |referência|código do produto|código do artigo|cod produto|código produto
      |artikelnummer leverancier|bestelnummer|artikelcode|productcode
      |varenummer|vare nr|varenr|artikkelnummer|artikkelnr|artikelnummer|produktnr|varenummer|bestillingsnummer
      |indeks|indeks towaru|numer katalogowy|kod produktu|kod towaru|nr katalogowy|symbol towaru|nr artykułu
      |kód zboží|kód produktu|objednací číslo|číslo výrobku|katalogové číslo|obj číslo|číslo zboží
      |артикул|арт|каталожный номер|артикул товара|номенклатурный номер|арт номер
      |артикул товару|каталожний номер
      |stok kodu|ürün kodu|malzeme kodu|parça no
      |κωδικός|κωδικός προϊόντος|κωδικός είδους
      |מקט|מק"ט|מספר קטלוגי|מס קטלוגי|קוד פריט|קוד מוצר
      |رقم الصنف|كود الصنف|رمز المنتج|كود المنتج|رقم القطعة
      |货号|商品编号|产品编号|编号|商品编码|产品编码|物料编码|料号|商品貨號|商品編號|款号
      |品番|商品コード|商品番号|型番|製品番号`,
    good: `asin|plu|plu code|plu nr|goods sn|goods no|goods code|goods id|product sn|item sn|mpn|manufacturer part number|mfr part no|mfg part no|oem|oem no|herstellernummer|hersteller nr|herst art nr|réf fabricant|codice produttore|ref fabricante|kod producenta|kód výrobce|артикул производителя|код производителя|артикул виробника|üretici kodu|p n|pn|code|item id|product id|article id|ref|reference|part|partnumber|item ref|artikel id|varekode|код товара|код товару|код номенклатуры|код артикула
      |código|codigo|codice|kod|kód|код|nummer artikel|art no|artikel num|symbol|clave|cod|kodas|型号|型號|קוד|קטלוגי|الكود|رمز|コード|isbn|kode|id товара|ürün no`,
    vague: `xml id|external id|внешний код|зовнішній код|externe id|id externo|material|number|no|nr|id|mpn|article|artikel|item|nummer|numero|numéro|número|n|номер|номер товара|cislo|číslo|model|modell|модель|модел|model no|modelo|modèle
      |типоразмер|ean|gtin|barcode|barkod|ean code|штрихкод|cod barras|código de barras|رقم|番号`,
  },
  name: {
    sure: `maktx|materialkurztext|artikelkurztext|materialbezeichnung|material description|description short|artikelbez|betegnelse|malzeme|البيان|품명|상품명|제품명|품목|product name|item name|article name|name of product|product title|item title|product description|item description|article description|goods name|trade name|name
      |bezeichnung|artikelbezeichnung|produktname|produktbezeichnung|artikelname|warenbezeichnung|benennung|artikeltext|kurztext|artikelbeschreibung
      |désignation|libellé|nom du produit|nom de l article|désignation produit|désignation article|intitulé|nom
      |nome prodotto|denominazione|descrizione articolo|nome articolo|descrizione prodotto|nome
      |nombre|nombre del producto|nombre producto|descripción producto|descripción del producto|descripción artículo|descripción del artículo|denominación|detalle producto
      |nome do produto|designação|descrição do produto|nome produto|denominação
      |omschrijving|artikelomschrijving|productnaam|naam|benaming|productomschrijving
      |varenavn|produktnavn|varebeskrivelse|benævnelse|artikelnavn|varetekst|navn|benämning|artikelbenämning|produktnamn|artikelnamn|namn|varubenämning|produktbenämning
      |nazwa|nazwa towaru|nazwa produktu|nazwa artykułu
      |název|název zboží|název produktu|název výrobku|označení
      |наименование|наименование товара|название|название товара|номенклатура|наименование продукции|наименование номенклатуры|название позиции|товар наименование|наименование изделия|наим
      |назва|назва товару|найменування|найменування товару|назва позиції
      |ürün adı|malzeme adı|ürün ismi|stok adı|mal adı|ürün tanımı|ürün açıklaması
      |περιγραφή προϊόντος|ονομασία|όνομα προϊόντος|όνομα|περιγραφή είδους
      |שם מוצר|שם המוצר|שם פריט|תיאור מוצר|שם הפריט|שם|תאור פריט|תיאור פריט|שם מנה
      |اسم المنتج|اسم الصنف|الاسم|وصف الصنف|المنتج|الصنف
      |品名|商品名称|产品名称|名称|商品名|產品名稱|商品名稱|名稱|货品名称|物料名称|菜名
      |商品名|品名|製品名|名称`,
    good: `služba|služby|druh služby|послуга|dienst|dienstleistung|tjänst|tjeneste|ydelse|usługi|servizio|prestazione|serviço|storitev|szolgáltatás|palvelu|serviciu|hizmet|υπηρεσία|שירות|الخدمة|服务|服務|サービス|서비스|product|goods|item|artikel|produkt|produit|prodotto|producto|produto|article|articolo|artículo|artigo|товар|изделие|продукт|продукция|vare|vara|varubeskrivning|towar|zboží|produkt název|ürün|mal|είδος|προϊόν|מוצר|פריט|תיאור|商品|产品|產品|製品|service|leistung|usługa|услуга|servicio|prestation|libelle article|materiale|material|dish|dishes|menu item|блюдо|страва|gericht|speise|plat|piatto|plato|prato|gerecht|danie|jídlo|yemek|πιάτο`,
    vague: `الوصف|stok|title|titel|titre|titolo|título|description|descriptions|beschreibung|descrizione|descripción|descrição|beskrivelse|beskrivning|opis|popis|описание|опис|açıklama|περιγραφή|وصف|描述|説明|label|text|details|наименования|specification|particulars|concept|concepto|author title|detalle|model|modell|модель|sort|sorte|variety|variété|varietà|variedad|variedade|odmiana|odrůda|сорт|çeşit|ποικιλία|品种|品種|decor|décor|dekor|декор`,
  },
  price: {
    sure: `kbetr|netpr|ррц|мрц|рекомендованная цена|рекомендуемая розничная цена|рекомендована ціна|仕切|仕切価格|卸価格|卸値|上代|下代|regular price|normalpreis|обычная цена|cena regularna|běžná cena|ordinarie pris|ord pris|normalpris|now price|p unit|v unit|vr unit|vlr unit|valor unit|p unitario|precio u|preço unit|prix u|prix unit|p u ht|eur stk|ثمن|سعر القطعة|가격|단가|판매가|msrp|rrp|srp|uvp|retail price|wholesale price|retail|wholesale|public price|consumer price|recommended retail price|suggested retail price|special price|offer price|gross price|net unit price|price excl vat|price incl vat
      |angebotspreis|aktionspreis|großhandelspreis|prix conseillé|precio mayorista|precio minorista|оптовая цена|цена оптовая|цена опт|стоимость опт|оптова ціна|ціна опт|акционная цена|cena hurtowa|cena detaliczna|cena promocyjna|vejl pris|rek pris|rekommenderat pris|tilbudspris|kampanjpris
      |price|unit price|net price|sales price|selling price|price each|price per unit|list price|dealer price|your price|price per piece|variant price|item price|sale price|base price|trade price|current price
      |preis|einzelpreis|stückpreis|verkaufspreis|nettopreis|vk preis|ek preis|listenpreis|vk|ek|e preis|preis pro stück|nettopreis|netto preis|bruttopreis|händlerpreis|hek|gek|händler ek|händlereinkaufspreis|ek netto|vk netto|vk brutto
      |prix|prix unitaire|prix ht|prix de vente|tarif|prix net|prix public|prix ttc|pu ht|prix achat|pu|tarif ht|prix unitaire ht
      |prezzo|prezzo unitario|prezzo netto|prezzo di vendita|prezzo listino|listino
      |precio|precio unitario|precio neto|precio de venta|pvp|precio venta|precio lista|precio de lista|neto|precio público|precio unit
      |preço|preço unitário|preço de venda|preço venda|valor unitário|pvp
      |prijs|stukprijs|nettoprijs|verkoopprijs|eenheidsprijs|brutoprijs|adviesprijs
      |pris|enhetspris|nettopris|stykpris|salgspris|stykkpris|styckpris|försäljningspris|listepris|listpris|utpris|innpris|inköpspris|a pris|à pris|bruttopris|enhedspris|vejledende pris|innkjøpspris
      |cena|cena netto|cena jednostkowa|cena brutto|cena sprzedaży|cena za sztukę|cena katalogowa
      |cena bez dph|cena s dph|prodejní cena|cena za kus|cena za mj
      |цена|стоимость|цена за единицу|цена за шт|розничная цена|цена розничная|цена с ндс|цена без ндс|отпускная цена|цены|прайс|цена руб|розница|цена товара
      |ціна|вартість|ціна за одиницю|роздрібна ціна|ціна за шт|ціна з пдв|ціна без пдв
      |fiyat|birim fiyat|satış fiyatı|liste fiyatı|birim fiyatı|fiyatı|net fiyat
      |τιμή|τιμή μονάδας|τιμή πώλησης|λιανική τιμή|αξία
      |מחיר|מחיר ליחידה|מחיר יחידה|מחיר לצרכן|מחיר מכירה|מחיר מחירון
      |السعر|سعر|سعر الوحدة|سعر البيع|الثمن
      |价格|单价|售价|價格|單價|售價|零售价|报价|批发价|定价|含税单价
      |価格|単価|販売価格|定価|値段|税込価格|税抜価格`,
    good: `dealer|trade|händler ek|haendler ek|χονδρική|λιανική|net|price list|ausgabepreis|kosten|mayorista|minorista|detallista|publico|público|distribuidor|precio publico|опт|оптовая|мелкий опт|крупный опт|розничная|дилер|дилерская|ca pris|cirkapris|unit cost|cost price|promo price|specialprice|себестоимость|собівартість|закупочная цена|закупівельна ціна|einstandspreis|kostpris|kostprijs|prix de revient|precio costo|precio de costo|custo|custo unitário|preço de custo|cena zakupu|nákupní cena|maliyet`,
    vague: `was|now|statt|uvp alt|streichpreis|netto|brutto|cost|amount|rate|betrag|wert|value|montant|coût|cout|importe|coste|costo|valor|costo unitario|bedrag|kosten|beløb|belopp|kwota|wartość|částka|hodnota|сумма|сума|tutar|bedel|ποσό|κόστος|סכום|עלות|المبلغ|التكلفة|金额|金額|費用|费用|charge|fee|lista|importo|costi|old price|compare at price|variant compare at price|was price|before price|alter preis|statt preis|старая цена|стара ціна|ancien prix|precio anterior|førpris|före pris|cost per item|min price|max price|минимальная цена|price from|purchase price|einkaufspreis|prix barré`,
  },
  currency: {
    sure: `währg|waers|konwa|currency|currency code|curr|price currency|cur|währung|waehrung|devise|monnaie|valuta|divisa|moneda|moeda|munt|munteenheid|valutakode|valutakod|waluta|měna|mena|валюта|валюта цены|para birimi|döviz|νόμισμα|מטבע|العملة|币种|货币|幣別|貨幣|通貨|código moneda|devisen|code devise|ccy|whg|pb`,
  },
  unit: {
    sure: `meins|kmein|vrkme|ehd|měr j|mer jedn|од|одиниця вим|brm|단위|unit|uom|unit of measure|unit of measurement|units of measure|measure unit|sales unit|selling unit|price per|pricing unit
      |einheit|mengeneinheit|me|verkaufseinheit|vpe einheit|maßeinheit|basismengeneinheit
      |unité|unité de vente|unité de mesure|uv
      |unità|unità di misura|um|u m|udm
      |unidad|unidad de medida|unidad medida|unidad de venta|ud|uds
      |unidade|unidade de medida|un
      |eenheid|verkoopeenheid|besteleenheid
      |enhet|enhed|salgsenhet|salgsenhed|måleenhet|prisenhet|prisenhed|försäljningsenhet
      |jednostka|jednostka miary|j m|jm|jedn
      |jednotka|měrná jednotka|mj|m j
      |единица измерения|ед изм|ед|единица|ед измерения|еи|е и|ед из
      |одиниця виміру|од вим|одиниця|од виміру|одиниці виміру
      |birim|ölçü birimi|birimi
      |μονάδα|μονάδα μέτρησης|μμ|μ μ
      |יחידה|יחידת מידה|יח|יח מידה
      |الوحدة|وحدة|وحدة القياس
      |单位|單位|计量单位|単位`,
    vague: `per|pack|package|packaging|measure|mesure|verpackung|conditionnement|emballage|confezione|envase|embalagem|verpakking|förpackning|emballasje|emballage|opakowanie|balení|упаковка|ambalaj|συσκευασία|אריזה|包装`,
  },
  price_quantity: {
    sure: `kpein|peinh|price quantity|price basis|price unit quantity|preiseinheit|pe|preismenge|preis je|preis pro|per quantity|quantity per price|prisantal|pris per antal|pris pr antal|base quantity|кол во за цену|prijs per|prijs per aantal|quantité par prix|cantidad por precio|unit qty`,
    good: `pro|je|per|za|за`,
  },
  category: {
    sure: `wg|warengr|القسم|분류|카테고리|ürün gr|category|category text|cat name|product category|categories|product group|group|category name|product type|product family|family|class|item group|department|collection
      |kategorie|warengruppe|produktgruppe|artikelgruppe|sortiment|gruppe|produktkategorie|hauptgruppe
      |catégorie|famille|famille de produits|groupe|rayon|gamme
      |categoria|famiglia|gruppo|gruppo merceologico|reparto
      |categoría|familia|grupo|rubro|línea|linea|subcategoría
      |categoria|família|grupo
      |categorie|productgroep|groep|artikelgroep
      |kategori|varegruppe|produktgruppe|varugrupp|produktgrupp|produktkategori|gruppe|grupp
      |kategoria|grupa|grupa towarowa|grupa produktów
      |skupina|kategorie zboží
      |категория|группа|группа товаров|раздел|товарная группа|рубрика|вид товара|категории|подкатегория
      |категорія|група|група товарів|розділ|категорії
      |kategori|ürün grubu|grup|ürün kategorisi
      |κατηγορία|ομάδα
      |קטגוריה|קבוצה|מחלקה|קבוצת מוצרים
      |الفئة|فئة|التصنيف|المجموعة
      |类别|分类|類別|分類|品类|カテゴリ|カテゴリー|部門`,
    vague: `type|typ|art|tipo|тип|вид|section|genre|segment|series|serie|серия|division`,
  },
  brand: {
    sure: `العلامة|الشركة|브랜드|제조사|brand|manufacturer|make|vendor|brand name|manufacturer name|producer|mfr|mfg|maker|publisher
      |marke|hersteller|herstellername|fabrikat|verlag|lieferantenmarke
      |marque|fabricant|fabriquant|éditeur
      |marca|produttore|costruttore|editore
      |fabricante|proveedor marca|editorial|laboratorio
      |fabrikant|merk|producent|merknaam
      |varumärke|tillverkare|varemerke|mærke|produsent|leverandør merke|varumerke|mærkenavn|fabrikat
      |producent|marka|wydawnictwo
      |výrobce|značka|výrobca
      |производитель|бренд|марка|торговая марка|изготовитель|издательство|фирма|вендор
      |виробник|бренд|торгова марка|видавництво
      |marka|üretici|üretici firma|yayınevi
      |μάρκα|κατασκευαστής|εταιρεία
      |מותג|יצרן|שם יצרן
      |العلامة التجارية|الماركة|الشركة المصنعة|ماركة
      |品牌|厂家|制造商|生产厂家|廠牌|ブランド|メーカー`,
    vague: `supplier|lieferant|fournisseur|fornitore|proveedor|leverantör|leverandør|dostawca|dodavatel|поставщик|постачальник|tedarikçi|ספק|company`,
  },
  ean: {
    sure: `cod bar|cód bar|код ean|바코드|باركود الصنف|barcode είδους|ean|ean13|ean 13|ean code|gtin|gtin13|gtin 13|gtin14|upc|upc code|barcode|bar code|variant barcode|ean upc|ean gtin|jan|isbn|isbn13|isbn 13|ean nummer|ean nr|strichcode|ean code|code barre|code barres|code à barres|codice a barre|codice ean|codice barre|código de barras|cod barras|código barras|codigo ean|streepjescode|barcode nummer|stregkode|strekkode|streckkod|ean kod|kod kreskowy|kod ean|čárový kód|ean kód|штрихкод|штрих код|шк|баркод|штрих коди|barkod|barkod no|γραμμωτός κώδικας|ברקוד|الباركود|باركود|条码|条形码|條碼|バーコード|janコード`,
  },
  stock: {
    sure: `stok|disp|الرصيد|재고|재고수량|kol vo na sklade|на складі шт|наличие шт|остаток шт|stan mag|ilość na stanie|stock dispo|stock actual|stock|in stock|availability|stock quantity|qty in stock|quantity available|available|inventory|stock level|on hand|variant inventory qty|available qty|stock qty|inventory quantity
      |bestand|lagerbestand|verfügbar|verfügbarkeit|lager|lieferbar
      |disponibilité|quantité en stock|stock disponible|en stock
      |disponibilità|giacenza|disponibile|scorta
      |existencias|existencia|stock disponible|disponibilidad|inventario|disponible
      |estoque|disponibilidade|quantidade em estoque
      |voorraad|beschikbaar|beschikbaarheid|op voorraad
      |lagersaldo|lagerbeholdning|på lager|lagerstatus|saldo|beholdning|i lager
      |stan|stan magazynowy|dostępność|ilość dostępna|magazyn|stany
      |skladem|dostupnost|sklad|množství skladem|stav skladu
      |остаток|наличие|остатки|склад|наличие на складе|в наличии|кол во на складе|свободный остаток|доступно
      |наявність|залишок|залишки|в наявності|на складі
      |stok miktarı|mevcut|stok durumu|stok adedi
      |απόθεμα|διαθεσιμότητα
      |מלאי|במלאי|זמינות
      |المخزون|الكمية المتاحة|متوفر
      |库存|庫存|库存数量|在庫|在庫数`,
    vague: `quantity|qty|menge|anzahl|quantité|quantità|cantidad|quantidade|aantal|antal|antall|ilość|množství|počet|количество|кол во|кількість|miktar|adet|ποσότητα|כמות|الكمية|数量|數量`,
  },
  description: {
    sure: `long description|description|full description|body html|details|detailed description|product details|beschreibung|langtext|beschreibung lang|langbeschreibung|description longue|descrizione estesa|descripción larga|descripción adicional|descrição completa|lange omschrijving|beskrivelse|beskrivning|opis|popis|описание|описание товара|опис|опис товару|açıklama|περιγραφή|תיאור מורחב|وصف|描述|商品描述|説明|商品説明|remarks|comment|comments|note|notes|bemerkung|bemerkungen|примечание|комментарий|примітка|uwagi|poznámka|observaciones|remarque`,
  },
  url: {
    sure: `url|link|product url|product link|website|web|page url|deeplink|seite|lien|enlace|ссылка|ссылка на товар|продукт на сайте|посилання|odkaz|länk|lenke|lien produit|produktlink|网址|链接|リンク|קישור|الرابط`,
  },
  image: {
    sure: `image|image url|picture|photo|image link|image src|main image|image urls|picture url|photo url|images|variant image|bild|bild url|bildlink|produktbild|immagine|imagen|foto|imagem|afbeelding|billede|bilde|zdjęcie|obrázek|изображение|фото|ссылка изображения|картинка|url изображения|зображення|resim|görsel|εικόνα|תמונה|الصورة|صورة|图片|圖片|画像`,
  },
  valid_from: {
    sure: `valid from|start date|effective date|effective from|date from|price valid from|starts|from date|gültig ab|gültig von|gueltig ab|preis gültig ab|valable du|valable à partir du|date de début|valido dal|valido da|data inizio|válido desde|vigente desde|fecha inicio|vigencia desde|válido de|data início|geldig van|geldig vanaf|ingangsdatum|gyldig fra|gælder fra|giltig från|gäller från|giltig fr o m|startdato|startdatum|ważne od|obowiązuje od|data od|platí od|platnost od|действует с|дата начала|действительно с|начало действия|дійсний з|діє з|дата початку|geçerlilik başlangıcı|başlangıç tarihi|ισχύει από|בתוקף מ|תאריך התחלה|صالح من|تاريخ البدء|生效日期|开始日期|有効開始日|開始日`,
  },
  valid_to: {
    sure: `valid to|valid until|valid till|valid through|end date|expiry date|expires|date to|price valid until|valid thru|gültig bis|gueltig bis|preis gültig bis|valable jusqu au|valable au|date de fin|valido al|valido fino al|data fine|válido hasta|vigente hasta|fecha fin|vigencia hasta|válido até|data fim|geldig tot|geldig t m|einddatum|gyldig til|gælder til|giltig till|gäller till|giltig t o m|sluttdato|slutdato|slutdatum|ważne do|obowiązuje do|data do|platí do|platnost do|действует до|дата окончания|действительно до|окончание действия|срок действия|дійсний до|діє до|дата закінчення|geçerlilik bitişi|bitiş tarihi|ισχύει έως|ισχύει μέχρι|בתוקף עד|תאריך סיום|صالح حتى|تاريخ الانتهاء|失效日期|结束日期|截止日期|有効終了日|終了日`,
  },
  group: {
    sure: `handle|parent sku|parent code|group id|item group id|product handle|parent id|style number|style code|style no|родительский артикул|артикул группы|elternartikel|vaterartikel`,
  },
  variant: {
    sure: `variant|option1 value|option 1 value|variante|variation|variant name|option value|вариант|модификация|варіант|wariant|varianta|varyant|规格|規格|וריאציה`,
  },
}

/** The synonyms of each field, normalised. */
export function synonymsOf(field: Field): Synonyms {
  return all[field]
}

/**
 * What columns are called that mean none of the fields: sizes, weights, colours, countries. Their content is not asked,
 * because "30x30" looks like a code, and a weight like a price.
 */
const otherHeaders: ReadonlySet<string> = new Set(
  split(
    `size|dimension|dimensions|measurements|abmessung|abmessungen|größe|maße|taille|dimensioni|misura|misure|medida|medidas|tamaño|tamanho|afmeting|afmetingen|maat|størrelse|mål|storlek|mått|rozmiar|wymiary|rozměr|rozměry|velikost|размер|размеры|габариты|розмір|розміри|beden|boyut|ölçü|μέγεθος|διαστάσεις|מידה|מידות|גודל|مقاس|المقاس|الحجم|尺寸|サイズ|寸法
    |weight|net weight|gross weight|gewicht|nettogewicht|bruttogewicht|poids|peso|peso neto|peso bruto|gewicht kg|vægt|vekt|vikt|waga|hmotnost|вес|вес нетто|вес брутто|вага|ağırlık|βάρος|משקל|الوزن|重量|重さ
    |market|term|term duration|billing plan|billing
    |batch|batch no|batch number|lot|lot no|lot number|charge|chargennummer|chargen nr|numéro de lot|lotto|lote|nr partii|numer serii|šarže|партия|номер партии|серия|серія|parti no|παρτίδα|批号|ロット|lotnummer|batchnummer|partinummer
    |expiry|expiration|best before|use by|mhd|haltbarkeit|dlc|ddm|péremption|scadenza|caducidad|validade|tht|holdbarhed|termin ważności|data ważności|expirace|срок годности|годен до|термін придатності|придатний до|skt|son kullanma|ημερομηνία λήξης|保质期|有效期|賞味期限
    |colour|color|farbe|couleur|colore|cor|kleur|farve|farge|färg|kolor|barva|цвет|колір|renk|χρώμα|צבע|اللون|颜色|顏色|色
    |country|country of origin|origin|land|herkunft|ursprungsland|pays|pays d origine|paese|país|origen|origem|herkomst|oprindelsesland|ursprung|kraj|kraj pochodzenia|země původu|страна|страна производства|страна происхождения|країна|menşei|χώρα|ארץ ייצור|بلد المنشأ|产地|原産国
    |warranty|garantie|garantía|garanzia|garantia|gwarancja|záruka|гарантия|гарантія|garanti|εγγύηση|אחריות|الضمان|保修|保証
    |year|jahr|année|anno|año|ano|jaar|år|rok|год|год издания|год изд|рік|yıl|έτος|שנה|السنة|年份|年
    |pages|seiten|seitenzahl|nombre de pages|pagine|páginas|strony|stron|страниц|кол стр|сторінок|sayfa|页数
    |moq|min order|minimum order|min order qty|mindestmenge|mindestbestellmenge|mba|lead time|lieferzeit|délai|délai de livraison|hs code|customs code|tariff code|zolltarifnummer|тн вэд|тнвэд|код тнвэд|вид упаковки
    |pack|pack size|pack qty|packing|carton|carton qty|qty carton|pcs carton|ve|vpe|vpe menge|verpackungseinheit|inhalt|colisage|conditionnement|confezione|imballo|contenido|embalaje|empaque|embalagem|besteleenheid|kolli|antal frp|förp|opakowanie|ilość w opakowaniu|balení|упаковка|в ящике|в ящику|в коробке|в коробці|в пачке|кол во в упаковке|в упаковке|кратность|фасовка|норма упаковки|koli|koli içi|koli adedi|συσκευασία|כמות באריזה|العبوة|التعبئة|装箱数|包装数|入数
    |volume|volumen|объем|об єм|length|width|height|depth|länge|breite|höhe|tiefe|длина|ширина|высота|глубина|толщина|диаметр|diameter|durchmesser|ø`,
  ),
)

/** Whether a header, as `coreOf` gives it, is one of them, with a unit behind it perhaps: "rozmer mm". */
export function isOtherHeader(core: string): boolean {
  return otherHeaders.has(core) || otherHeaders.has(core.replace(/ (?:mm|cm|m|km|kg|g|gr|t|l|ml)$/, ''))
}

/** What a header of a column that only counts rows is called. */
export const lineHeaders: ReadonlySet<string> = new Set(
  split(
    `#|no|nr|n|№|№ п/п|п/п|п п|pos|pos.|position|line|line no|row|lfd nr|lfd|nr.|lp|l.p.|poř|poř č|číslo řádku|rad|rang|ligne|riga|fila|item|item no|id|index|sıra|sıra no|α/α|αα|מס|מס'|序号|序號|番号|no.|sr no|s no|sl no|sno|номер`,
  ),
)

/** Those of them that say nothing but number: over 1, 2, 3 they are no article numbers. */
export const countingHeaders: ReadonlySet<string> = new Set(
  split(
    `#|no|nr|n|№|№ п/п|п/п|п п|pos|lfd nr|lfd|lp|l.p.|poř|poř č|ligne|riga|fila|sıra|sıra no|α/α|αα|מס|序号|序號|sr no|s no|sl no|sno|номер`,
  ),
)

const all: Record<Field, Synonyms> = normalized()

function normalized(): Record<Field, Synonyms> {
  const entries = Object.entries(lists).map(([field, { sure, good = '', vague = '' }]) => [
    field,
    {
      // Object.entries forgets the key type of `lists`.
      sure: split(`${sure}|${furtherSynonyms[field as Field] ?? ''}`),
      good: split(good),
      vague: split(vague),
    },
  ])
  // Object.entries forgets the key type that `lists` is declared with.
  return Object.fromEntries(entries) as Record<Field, Synonyms>
}

function split(text: string): string[] {
  return [...new Set(text.split('|').map(normalize))].filter((word) => word !== '')
}
