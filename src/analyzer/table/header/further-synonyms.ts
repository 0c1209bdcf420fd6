import type { Field } from '../decision.ts'

/**
 * What headers are called in further languages; all of them are names that mean one field only. Lines go by language:
 * Hungarian, Romanian, Slovak, Croatian/Serbian/Slovenian, Bulgarian, Finnish, Estonian, Lithuanian, Latvian,
 * Indonesian/Malay, Vietnamese, Thai, Korean, Persian.
 */
export const furtherSynonyms: Partial<Record<Field, string>> = {
  sku: `cikkszám|termékkód|árukód|rendelési szám
    |cod produs|cod articol|cod art|referință
    |kód tovaru|katalógové číslo|objednávacie číslo|číslo tovaru
    |šifra|šifra artikla|kataloški broj|šifra izdelka|шифра|шифра артикла
    |каталожен номер|код на продукта|артикулен номер|кат номер|код на артикула
    |tuotenumero|tuotekoodi|tilausnumero|tuotenro
    |tootekood|artikli kood|prekės kodas|preces kods|artikuls
    |kode barang|kode produk|kode item|kod barang|kod produk|no barang
    |mã|mã hàng|mã sản phẩm|mã sp|mã vật tư
    |รหัสสินค้า|รหัส
    |품목코드|상품코드|제품코드|품번|모델번호|모델명|자재코드|상품번호
    |کد کالا|کد محصول|شماره فنی`,
  name: `megnevezés|termék neve|terméknév|árucikk|cikk megnevezése
    |denumire|denumire produs|denumirea|produs
    |názov|názov tovaru|názov produktu|popis tovaru
    |naziv|naziv artikla|naziv proizvoda|naziv izdelka|opis artikla|назив|назив артикла
    |наименование на стоката|име на продукта|име|описание на стоката|стока
    |tuote|tuotenimi|tuotteen nimi|nimike|tuotekuvaus
    |toode|toote nimetus|nimetus|pavadinimas|prekės pavadinimas|nosaukums|preces nosaukums
    |nama barang|nama produk|nama item|deskripsi barang|barang|nama
    |tên hàng|tên sản phẩm|tên sp|tên vật tư|diễn giải
    |ชื่อสินค้า|รายการ|สินค้า|รายละเอียดสินค้า
    |품목명|상품명|제품명|품명|품목|자재명
    |نام کالا|نام محصول|شرح کالا`,
  price: `mrp|ár|nettó ár|bruttó ár|egységár|eladási ár|listaár|kisker ár|nagyker ár|fogyasztói ár
    |preț|preț unitar|preț listă|preț fără tva|preț cu tva|pret|pret unitar|preț vânzare
    |cena bez dph|jednotková cena|predajná cena|cena za kus|cena s dph
    |cijena|jedinična cijena|vpc|mpc|maloprodajna cijena|veleprodajna cijena|cena po komadu|cena na enoto|цијена|впц|мпц|цена по комаду
    |единична цена|продажна цена|цена на едро|цена на дребно|цена без ддс|цена с ддс
    |hinta|yksikköhinta|myyntihinta|veroton hinta|ovh|alv 0 hinta
    |hind|ühiku hind|kaina|vieneto kaina|cena par vienību
    |harga|harga jual|harga satuan|harga jual satuan|harga eceran|harga grosir|harga net
    |giá|đơn giá|giá bán|giá bán lẻ|giá sỉ|giá niêm yết
    |ราคา|ราคาต่อหน่วย|ราคาขาย|ราคาปลีก|ราคาส่ง
    |단가|가격|판매가|공급단가|공급가|공급가액|소비자가|판매단가|도매가|소매가|정가
    |قیمت|قیمت واحد|قیمت فروش|قیمت مصرف کننده
    |menudeo|mayoreo|medio mayoreo|precio menudeo|precio mayoreo|precio distribuidor|inkoop|inkoopprijs|netto inkoop|nettó|bruttó`,
  unit: `mennyiségi egység|me|egység|m e
    |u m|unitate de măsură|unitate|um
    |merná jednotka|mj|m j|jednotka
    |jedinica mjere|jedinica mere|jm|j m|jed mjere|enota|enota mere|јединица мере|јм|ј м
    |мерна единица|м ед|мярка
    |yksikkö|yks|ühik|mato vnt|vnt|mērvienība|mērv
    |satuan|unit satuan
    |đvt|đơn vị tính|đơn vị
    |หน่วย|หน่วยนับ
    |단위
    |واحد`,
  stock: `készlet|raktárkészlet|raktáron|stoc|stoc disponibil|disponibil|na sklade|zásoba|stanje|zaliha|zaloga|stanje zaliha|наличност|складова наличност
    |varastosaldo|varastossa|saatavuus|laoseis|likutis|atlikums|stok barang|persediaan|tồn kho|số lượng tồn|คงเหลือ|재고|재고수량|موجودی`,
  brand: `márka|gyártó|marcă|producător|brend|proizvođač|proizvajalec|произвођач|производител|tuotemerkki|valmistaja|merkki|kaubamärk|tootja|gamintojas|ražotājs|merek|merk barang|thương hiệu|nhãn hiệu|hãng|ยี่ห้อ|แบรนด์|브랜드|제조사|برند|سازنده`,
  category: `kategória|termékcsoport|árucsoport|categorie|grupă|skupina tovaru|grupa artikala|kategorija|skupina izdelkov|категория продукт|tuoteryhmä|kategoria|tooterühm|kategori barang|jenis barang|danh mục|nhóm hàng|loại|หมวดหมู่|ประเภท|분류|카테고리|품목군|دسته بندی|گروه کالا`,
  ean: `vonalkód|ean kód|cod de bare|čiarový kód|barkod|bar kod|črtna koda|баркод|viivakoodi|ribakood|brūkšninis kodas|svītrkods|kode batang|mã vạch|บาร์โค้ด|바코드|بارکد`,
  currency: `pénznem|deviza|monedă|valută|mata uang|tiền tệ|สกุลเงิน|통화|ارز|valuutta|valiuta`,
}
