# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes the example mails: make.py DIR. All persons and firms are invented.

The mails are committed beside this script, so that nobody needs it to run the demo; it says how they
came about.
"""
import base64
import pathlib
import quopri
import sys
import zlib

target = pathlib.Path(sys.argv[1])

UBL = """<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
	xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
	xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
	<cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0</cbc:CustomizationID>
	<cbc:ProfileID>urn:fdc:peppol.eu:2017:poacc:billing:01:1.0</cbc:ProfileID>
	<cbc:ID>2026-0417</cbc:ID>
	<cbc:IssueDate>2026-02-27</cbc:IssueDate>
	<cbc:DueDate>2026-03-29</cbc:DueDate>
	<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>
	<cbc:Note>Instandsetzung Gehweg Lindenstraße</cbc:Note>
	<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
	<cbc:BuyerReference>08999999-0001-27</cbc:BuyerReference>
	<cac:AccountingSupplierParty><cac:Party>
		<cbc:EndpointID schemeID="EM">rechnung@pflasterbau-eichner.example</cbc:EndpointID>
		<cac:PostalAddress><cbc:StreetName>Am Steinbruch 4</cbc:StreetName><cbc:CityName>Musterstadt</cbc:CityName>
			<cbc:PostalZone>70999</cbc:PostalZone><cac:Country><cbc:IdentificationCode>DE</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
		<cac:PartyTaxScheme><cbc:CompanyID>DE123456789</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
		<cac:PartyLegalEntity><cbc:RegistrationName>Pflasterbau Eichner GmbH</cbc:RegistrationName></cac:PartyLegalEntity>
		<cac:Contact><cbc:Name>Jana Eichner</cbc:Name><cbc:Telephone>+49 711 555010</cbc:Telephone>
			<cbc:ElectronicMail>rechnung@pflasterbau-eichner.example</cbc:ElectronicMail></cac:Contact>
	</cac:Party></cac:AccountingSupplierParty>
	<cac:AccountingCustomerParty><cac:Party>
		<cbc:EndpointID schemeID="EM">rechnung@stadt.example</cbc:EndpointID>
		<cac:PostalAddress><cbc:StreetName>Rathausplatz 1</cbc:StreetName><cbc:CityName>Musterstadt</cbc:CityName>
			<cbc:PostalZone>70999</cbc:PostalZone><cac:Country><cbc:IdentificationCode>DE</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
		<cac:PartyLegalEntity><cbc:RegistrationName>Stadt Musterstadt</cbc:RegistrationName></cac:PartyLegalEntity>
	</cac:Party></cac:AccountingCustomerParty>
	<cac:Delivery><cbc:ActualDeliveryDate>2026-02-20</cbc:ActualDeliveryDate></cac:Delivery>
	<cac:PaymentMeans><cbc:PaymentMeansCode>58</cbc:PaymentMeansCode>
		<cac:PayeeFinancialAccount><cbc:ID>DE02120300000000202051</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>
	<cac:PaymentTerms><cbc:Note>#SKONTO#TAGE=14#PROZENT=2.00#
</cbc:Note></cac:PaymentTerms>
	<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">364.80</cbc:TaxAmount>
		<cac:TaxSubtotal><cbc:TaxableAmount currencyID="EUR">1920.00</cbc:TaxableAmount><cbc:TaxAmount currencyID="EUR">364.80</cbc:TaxAmount>
			<cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>19</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>
	<cac:LegalMonetaryTotal>
		<cbc:LineExtensionAmount currencyID="EUR">1920.00</cbc:LineExtensionAmount>
		<cbc:TaxExclusiveAmount currencyID="EUR">1920.00</cbc:TaxExclusiveAmount>
		<cbc:TaxInclusiveAmount currencyID="EUR">2284.80</cbc:TaxInclusiveAmount>
		<cbc:PayableAmount currencyID="EUR">2284.80</cbc:PayableAmount>
	</cac:LegalMonetaryTotal>
	<cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity unitCode="MTK">24</cbc:InvoicedQuantity><cbc:LineExtensionAmount currencyID="EUR">1680.00</cbc:LineExtensionAmount>
		<cac:Item><cbc:Name>Gehwegplatten verlegen</cbc:Name><cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>19</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:ClassifiedTaxCategory></cac:Item>
		<cac:Price><cbc:PriceAmount currencyID="EUR">70.00</cbc:PriceAmount></cac:Price></cac:InvoiceLine>
	<cac:InvoiceLine><cbc:ID>2</cbc:ID><cbc:InvoicedQuantity unitCode="HUR">4</cbc:InvoicedQuantity><cbc:LineExtensionAmount currencyID="EUR">240.00</cbc:LineExtensionAmount>
		<cac:Item><cbc:Name>Absicherung der Baustelle</cbc:Name><cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>19</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:ClassifiedTaxCategory></cac:Item>
		<cac:Price><cbc:PriceAmount currencyID="EUR">60.00</cbc:PriceAmount></cac:Price></cac:InvoiceLine>
</Invoice>
"""

CII = """<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
	xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
	xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
	<rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>urn:cen.eu:en16931:2017</ram:ID></ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>
	<rsm:ExchangedDocument><ram:ID>RE-88213</ram:ID><ram:TypeCode>380</ram:TypeCode>
		<ram:IssueDateTime><udt:DateTimeString format="102">20260226</udt:DateTimeString></ram:IssueDateTime></rsm:ExchangedDocument>
	<rsm:SupplyChainTradeTransaction>
		<ram:IncludedSupplyChainTradeLineItem>
			<ram:AssociatedDocumentLineDocument><ram:LineID>1</ram:LineID></ram:AssociatedDocumentLineDocument>
			<ram:SpecifiedTradeProduct><ram:Name>Kopierpapier A4, 80 g</ram:Name></ram:SpecifiedTradeProduct>
			<ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice><ram:ChargeAmount>3.95</ram:ChargeAmount></ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>
			<ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode="RM">120</ram:BilledQuantity></ram:SpecifiedLineTradeDelivery>
			<ram:SpecifiedLineTradeSettlement>
				<ram:ApplicableTradeTax><ram:TypeCode>VAT</ram:TypeCode><ram:CategoryCode>S</ram:CategoryCode><ram:RateApplicablePercent>19</ram:RateApplicablePercent></ram:ApplicableTradeTax>
				<ram:SpecifiedTradeSettlementLineMonetarySummation><ram:LineTotalAmount>474.00</ram:LineTotalAmount></ram:SpecifiedTradeSettlementLineMonetarySummation>
			</ram:SpecifiedLineTradeSettlement>
		</ram:IncludedSupplyChainTradeLineItem>
		<ram:ApplicableHeaderTradeAgreement>
			<ram:BuyerReference>08999999-0001-27</ram:BuyerReference>
			<ram:SellerTradeParty><ram:Name>Bürobedarf Kranich OHG</ram:Name>
				<ram:PostalTradeAddress><ram:PostcodeCode>70998</ram:PostcodeCode><ram:LineOne>Marktgasse 9</ram:LineOne><ram:CityName>Nebenstadt</ram:CityName><ram:CountryID>DE</ram:CountryID></ram:PostalTradeAddress>
				<ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">DE987654321</ram:ID></ram:SpecifiedTaxRegistration></ram:SellerTradeParty>
			<ram:BuyerTradeParty><ram:Name>Stadt Musterstadt</ram:Name>
				<ram:PostalTradeAddress><ram:PostcodeCode>70999</ram:PostcodeCode><ram:LineOne>Rathausplatz 1</ram:LineOne><ram:CityName>Musterstadt</ram:CityName><ram:CountryID>DE</ram:CountryID></ram:PostalTradeAddress></ram:BuyerTradeParty>
		</ram:ApplicableHeaderTradeAgreement>
		<ram:ApplicableHeaderTradeDelivery><ram:ActualDeliverySupplyChainEvent><ram:OccurrenceDateTime><udt:DateTimeString format="102">20260224</udt:DateTimeString></ram:OccurrenceDateTime></ram:ActualDeliverySupplyChainEvent></ram:ApplicableHeaderTradeDelivery>
		<ram:ApplicableHeaderTradeSettlement>
			<ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
			<ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>58</ram:TypeCode><ram:PayeePartyCreditorFinancialAccount><ram:IBANID>DE02120300000000202051</ram:IBANID></ram:PayeePartyCreditorFinancialAccount></ram:SpecifiedTradeSettlementPaymentMeans>
			<ram:ApplicableTradeTax><ram:CalculatedAmount>90.06</ram:CalculatedAmount><ram:TypeCode>VAT</ram:TypeCode><ram:BasisAmount>474.00</ram:BasisAmount><ram:CategoryCode>S</ram:CategoryCode><ram:RateApplicablePercent>19</ram:RateApplicablePercent></ram:ApplicableTradeTax>
			<ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime><udt:DateTimeString format="102">20260328</udt:DateTimeString></ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms>
			<ram:SpecifiedTradeSettlementHeaderMonetarySummation>
				<ram:LineTotalAmount>474.00</ram:LineTotalAmount><ram:TaxBasisTotalAmount>474.00</ram:TaxBasisTotalAmount>
				<ram:TaxTotalAmount currencyID="EUR">90.06</ram:TaxTotalAmount><ram:GrandTotalAmount>564.06</ram:GrandTotalAmount><ram:DuePayableAmount>564.06</ram:DuePayableAmount>
			</ram:SpecifiedTradeSettlementHeaderMonetarySummation>
		</ram:ApplicableHeaderTradeSettlement>
	</rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>
"""

XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance></rdf:Description>
<rdf:Description rdf:about="" xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"><fx:DocumentType>INVOICE</fx:DocumentType>
<fx:DocumentFileName>factur-x.xml</fx:DocumentFileName><fx:Version>1.0</fx:Version><fx:ConformanceLevel>EN 16931</fx:ConformanceLevel></rdf:Description>
</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


def pdf():
    """A one-page PDF with the CII invoice as associated file, the way Factur-X does it."""
    lines = ["Buerobedarf Kranich OHG, Marktgasse 9, 70998 Nebenstadt", "", "Rechnung RE-88213 vom 26.02.2026",
             "120 Ries Kopierpapier A4 zu 3,95 EUR            474,00 EUR", "Umsatzsteuer 19 %                                90,06 EUR",
             "Zahlbetrag                                      564,06 EUR", "", "Faellig am 28.03.2026"]
    text = "BT /F1 11 Tf 60 780 Td 16 TL " + " ".join("(%s) Tj T*" % t for t in lines) + " ET"
    xml = CII.encode()
    packed = zlib.compress(xml, 9)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Metadata 6 0 R /AF [8 0 R] /Names << /EmbeddedFiles << /Names [(factur-x.xml) 8 0 R] >> >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 5 0 R >> >> /Contents 4 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text.encode()),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>",
        b"<< /Type /Metadata /Subtype /XML /Length %d >>\nstream\n%s\nendstream" % (len(XMP.encode()), XMP.encode()),
        b"<< /Type /EmbeddedFile /Subtype /text#2Fxml /Params << /Size %d /ModDate (D:20260226120000Z) >> /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
        % (len(xml), len(packed), packed),
        b"<< /Type /Filespec /F (factur-x.xml) /UF (factur-x.xml) /AFRelationship /Alternative /EF << /F 7 0 R /UF 7 0 R >> >>",
    ]
    out, places = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)


def lines(data):
    return base64.encodebytes(data).decode().replace("\n", "\r\n")


def header(sender, subject, identity, date):
    return (f"Return-Path: <{sender.split('<')[1]}\r\nReceived: from mail.example by mx.stadt.example; {date}\r\n"
            f"Date: {date}\r\nFrom: {sender}\r\nTo: Stadt Musterstadt <rechnung@stadt.example>\r\nSubject: {subject}\r\n"
            f"Message-ID: <{identity}>\r\nMIME-Version: 1.0\r\n")


def mixed(head, text, name, kind, content):
    return (head + 'Content-Type: multipart/mixed; boundary="=_teil"\r\n\r\n--=_teil\r\nContent-Type: text/plain; charset=utf-8\r\n'
            "Content-Transfer-Encoding: quoted-printable\r\n\r\n" + quopri.encodestring(text.encode()).decode().replace("\n", "\r\n")
            + f'\r\n--=_teil\r\nContent-Type: {kind}; name="{name}"\r\nContent-Disposition: attachment; filename="{name}"\r\n'
            "Content-Transfer-Encoding: base64\r\n\r\n" + lines(content) + "\r\n--=_teil--\r\n").encode()


mails = {
    "1-xrechnung.eml": mixed(
        header("Pflasterbau Eichner <rechnung@pflasterbau-eichner.example>", "Rechnung 2026-0417 Gehweg Lindenstr.",
               "20260302.0417@pflasterbau-eichner.example", "Mon, 2 Mar 2026 07:41:12 +0100"),
        "Guten Tag,\n\nanbei unsere Rechnung 2026-0417 für den Gehweg in der Lindenstraße.\n\nFreundliche Grüße\nJana Eichner\n",
        "rechnung-2026-0417.xml", "application/xml", UBL.encode()),
    "2-facturx.eml": mixed(
        header("Buerobedarf Kranich <versand@kranich.example>",
               "=?UTF-8?B?UmVjaG51bmcgUkUtODgyMTM6?= =?UTF-8?B?IEtvcGllcnBhcGllciBmw7xyIGRhcyBSYXRoYXVz?=",
               "88213@kranich.example", "Mon, 2 Mar 2026 08:03:55 +0100"),
        "Sehr geehrte Damen und Herren,\n\ndie Rechnung RE-88213 finden Sie im Anhang.\n",
        "RE-88213.pdf", "application/pdf", pdf()),
    "3-brief.eml": (header("=?ISO-8859-15?Q?Sabine_K=F6hler?= <s.koehler@post.example>",
                           "=?ISO-8859-15?Q?Laternen_in_der_M=FChlgasse?=", "77f1@post.example",
                           "Mon, 2 Mar 2026 09:20:00 +0100")
                    + "Content-Type: text/plain; charset=iso-8859-15\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
                    + quopri.encodestring("Guten Tag,\n\nin der Mühlgasse sind seit zwei Wochen drei Laternen dunkel. Der Weg zur Schule\n"
                                          "ist dort nicht mehr sicher. Bitte sagen Sie mir, bis wann sie repariert werden.\n\n"
                                          "Mit freundlichen Grüßen\nSabine Köhler\n".encode("iso-8859-15")).decode().replace("\n", "\r\n")).encode(),
    "4-defekt.eml": mixed(
        header("Fuhrpark Sommer <buero@fuhrpark-sommer.example>", "Rechnung 77/2026", "77@fuhrpark-sommer.example",
               "Mon, 2 Mar 2026 09:48:31 +0100"),
        "Anbei die Rechnung.\n", "rechnung-77.xml", "application/xml", UBL.encode()[:2600]),
}
for name, data in mails.items():
    (target / name).write_bytes(data)
