/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* EN 16931 in UN/CEFACT CII D16B; as rules_ubl.c. The artefacts read several rules differently here:
 * some are tried on the document although they speak of a group, BR-CO-18 once per line. */
#include "invoice/rules.h"

#define FATAL EFILE_SEVERITY_ERROR
#define MUST_EXIST(id, terms, path) { id, FATAL, terms, RULE_EXISTS, { path }, NULL, NULL }
#define MUST_SAY(id, terms, path) { id, FATAL, terms, RULE_NOT_BLANK, { path }, NULL, NULL }
#define DECIMALS(id, term, path) { id, FATAL, term, RULE_TWO_DECIMALS, { path }, NULL, NULL }
#define EITHER(id, terms, path, message) { id, FATAL, terms, RULE_EXISTS, { path }, NULL, message }

#define HEADER "/rsm:ExchangedDocument/"
#define TRANSACTION "/rsm:SupplyChainTradeTransaction/"
#define AGREEMENT TRANSACTION "ram:ApplicableHeaderTradeAgreement/"
#define SETTLEMENT TRANSACTION "ram:ApplicableHeaderTradeSettlement/"
#define TOTALS SETTLEMENT "ram:SpecifiedTradeSettlementHeaderMonetarySummation/"
#define VAT_CATEGORY "../ram:CategoryTradeTax[ram:TypeCode^'VAT']/ram:CategoryCode"
#define REASON "../ram:Reason|../ram:ReasonCode"
#define DOCUMENT_PART(flag) "/ram:SpecifiedTradeAllowanceCharge[ram:ChargeIndicator/udt:Indicator?'" flag "']"

static const rule_row classification[] = {
	{ "BR-65", FATAL, "BT-158-1 BT-158", RULE_FUNCTION, { "ram:ClassCode", "ram:ClassCode/@listID" },
	  rule_if_not_blank, "an item classification (BT-158) does not name its scheme" },
};
static const rule_row document_reference[] = {
	MUST_SAY("BR-52", "BT-122 BG-24", "ram:IssuerAssignedID"),
};
static const rule_row card[] = {
	{ "BR-51", FATAL, "BT-87", RULE_TEN_CHARACTERS, { "ram:ID" }, NULL, NULL },
};
static const rule_row payee_account[] = {
	MUST_SAY("BR-50", "BT-84 BG-17", "ram:IBANID|ram:ProprietaryID"),
	MUST_EXIST("BR-61", "BT-84 BG-17", "ram:IBANID|ram:ProprietaryID"),
};
static const rule_row delivery[] = {
	{ "BR-57", FATAL, "BT-80 BG-15", RULE_FUNCTION,
	  { "ram:ShipToTradeParty/ram:PostalTradeAddress",
	    "ram:ShipToTradeParty/ram:PostalTradeAddress/ram:CountryID" }, rule_if_not_blank,
	  "the deliver to address (BG-15) has no country code (BT-80)" },
};
static const rule_row allowance[] = {
	MUST_EXIST("BR-31", "BT-92 BG-20", "../ram:ActualAmount"),
	MUST_EXIST("BR-32", "BT-95 BG-20", VAT_CATEGORY),
	EITHER("BR-33", "BT-97 BT-98 BG-20", REASON,
	       "a document level allowance has neither a reason (BT-97) nor a reason code (BT-98)"),
	EITHER("BR-CO-21", "BT-97 BT-98 BG-20", REASON,
	       "a document level allowance has neither a reason (BT-97) nor a reason code (BT-98)"),
	DECIMALS("BR-DEC-01", "BT-92", "../ram:ActualAmount"),
	DECIMALS("BR-DEC-02", "BT-93", "../ram:BasisAmount"),
};
static const rule_row charge[] = {
	MUST_EXIST("BR-36", "BT-99 BG-21", "../ram:ActualAmount"),
	MUST_EXIST("BR-37", "BT-102 BG-21", VAT_CATEGORY),
	EITHER("BR-38", "BT-104 BT-105 BG-21", REASON,
	       "a document level charge has neither a reason (BT-104) nor a reason code (BT-105)"),
	EITHER("BR-CO-22", "BT-104 BT-105 BG-21", REASON,
	       "a document level charge has neither a reason (BT-104) nor a reason code (BT-105)"),
	DECIMALS("BR-DEC-05", "BT-99", "../ram:ActualAmount"),
	DECIMALS("BR-DEC-06", "BT-100", "../ram:BasisAmount"),
};
static const rule_row totals[] = {
	MUST_EXIST("BR-12", "BT-106", "ram:LineTotalAmount"),
	MUST_EXIST("BR-13", "BT-109", "ram:TaxBasisTotalAmount"),
	MUST_EXIST("BR-14", "BT-112", "ram:GrandTotalAmount"),
	MUST_EXIST("BR-15", "BT-115", "ram:DuePayableAmount"),
	{ "BR-53", FATAL, "BT-111 BT-6", RULE_FUNCTION,
	  { SETTLEMENT "ram:TaxCurrencyCode", SETTLEMENT "ram:InvoiceCurrencyCode",
	    "ram:TaxTotalAmount/@currencyID" }, rule_tax_currency_cii,
	  "there is a VAT accounting currency (BT-6), but no VAT total in it (BT-111)" },
	{ "BR-CO-10", FATAL, "BT-106 BT-131", RULE_FUNCTION,
	  { "ram:LineTotalAmount", TRANSACTION "ram:IncludedSupplyChainTradeLineItem/"
	    "ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeSettlementLineMonetarySummation/"
	    "ram:LineTotalAmount" }, rule_line_sum_cii,
	  "the sum of line net amounts (BT-106) is not the sum of the lines (BT-131)" },
	{ "BR-CO-11", FATAL, "BT-107 BT-92", RULE_FUNCTION,
	  { "ram:AllowanceTotalAmount", "ram:ActualAmount",
	    ".." DOCUMENT_PART("false") }, rule_part_sum_cii,
	  "the sum of allowances (BT-107) is not the sum of the document level allowances (BT-92)" },
	{ "BR-CO-12", FATAL, "BT-108 BT-99", RULE_FUNCTION,
	  { "ram:ChargeTotalAmount", "ram:ActualAmount",
	    ".." DOCUMENT_PART("true") }, rule_part_sum_cii,
	  "the sum of charges (BT-108) is not the sum of the document level charges (BT-99)" },
	{ "BR-CO-13", FATAL, "BT-109 BT-106 BT-107 BT-108", RULE_FUNCTION,
	  { "ram:TaxBasisTotalAmount", "ram:LineTotalAmount", "ram:AllowanceTotalAmount",
	    "ram:ChargeTotalAmount" }, rule_net_total_cii,
	  "the total without VAT (BT-109) is not lines (BT-106) - allowances (BT-107) + charges (BT-108)" },
	{ "BR-CO-16", FATAL, "BT-115 BT-112 BT-113 BT-114", RULE_FUNCTION,
	  { "ram:DuePayableAmount", "ram:GrandTotalAmount", "ram:TotalPrepaidAmount",
	    "ram:RoundingAmount" }, rule_due_cii,
	  "the amount due (BT-115) is not total with VAT (BT-112) - paid (BT-113) + rounding (BT-114)" },
	DECIMALS("BR-DEC-09", "BT-106", "ram:LineTotalAmount"),
	DECIMALS("BR-DEC-10", "BT-107", "ram:AllowanceTotalAmount"),
	DECIMALS("BR-DEC-11", "BT-108", "ram:ChargeTotalAmount"),
	DECIMALS("BR-DEC-12", "BT-109", "ram:TaxBasisTotalAmount"),
	DECIMALS("BR-DEC-14", "BT-112", "ram:GrandTotalAmount"),
	{ "BR-DEC-13", FATAL, "BT-110", RULE_FUNCTION,
	  { "ram:TaxTotalAmount", SETTLEMENT "ram:InvoiceCurrencyCode" }, rule_tax_decimals_cii,
	  "the VAT total (BT-110) has more than 2 decimals" },
	{ "BR-DEC-15", FATAL, "BT-111", RULE_FUNCTION,
	  { "ram:TaxTotalAmount", SETTLEMENT "ram:TaxCurrencyCode" }, rule_tax_decimals_cii,
	  "the VAT total in accounting currency (BT-111) has more than 2 decimals" },
	DECIMALS("BR-DEC-16", "BT-113", "ram:TotalPrepaidAmount"),
	DECIMALS("BR-DEC-17", "BT-114", "ram:RoundingAmount"),
	DECIMALS("BR-DEC-18", "BT-115", "ram:DuePayableAmount"),
};
static const rule_row document[] = {
	MUST_SAY("BR-01", "BT-24", "rsm:ExchangedDocumentContext/"
		 "ram:GuidelineSpecifiedDocumentContextParameter/ram:ID"),
	MUST_SAY("BR-02", "BT-1", HEADER "ram:ID"),
	MUST_SAY("BR-03", "BT-2", HEADER "ram:IssueDateTime/udt:DateTimeString[@format='102']"),
	MUST_SAY("BR-04", "BT-3", HEADER "ram:TypeCode"),
	MUST_SAY("BR-05", "BT-5", SETTLEMENT "ram:InvoiceCurrencyCode"),
	MUST_SAY("BR-06", "BT-27", AGREEMENT "ram:SellerTradeParty/ram:Name"),
	MUST_SAY("BR-07", "BT-44", AGREEMENT "ram:BuyerTradeParty/ram:Name"),
	MUST_EXIST("BR-08", "BG-5", AGREEMENT "ram:SellerTradeParty/ram:PostalTradeAddress"),
	MUST_SAY("BR-09", "BT-40", AGREEMENT "ram:SellerTradeParty/ram:PostalTradeAddress/ram:CountryID"),
	MUST_EXIST("BR-10", "BG-8", AGREEMENT "ram:BuyerTradeParty/ram:PostalTradeAddress"),
	MUST_SAY("BR-11", "BT-55", AGREEMENT "ram:BuyerTradeParty/ram:PostalTradeAddress/ram:CountryID"),
	MUST_EXIST("BR-16", "BG-25", TRANSACTION "ram:IncludedSupplyChainTradeLineItem"),
	{ "BR-62", FATAL, "BT-34-1 BT-34", RULE_FUNCTION,
	  { AGREEMENT "ram:SellerTradeParty/ram:URIUniversalCommunication",
	    AGREEMENT "ram:SellerTradeParty/ram:URIUniversalCommunication/ram:URIID/@schemeID" },
	  rule_if_not_blank, "the seller's electronic address (BT-34) does not name its scheme" },
	{ "BR-63", FATAL, "BT-49-1 BT-49", RULE_FUNCTION,
	  { AGREEMENT "ram:BuyerTradeParty/ram:URIUniversalCommunication",
	    AGREEMENT "ram:BuyerTradeParty/ram:URIUniversalCommunication/ram:URIID/@schemeID" },
	  rule_if_not_blank, "the buyer's electronic address (BT-49) does not name its scheme" },
	{ "BR-CO-15", FATAL, "BT-112 BT-109 BT-110", RULE_FUNCTION,
	  { SETTLEMENT "ram:InvoiceCurrencyCode",
	    TOTALS "ram:TaxTotalAmount[@currencyID=" SETTLEMENT "ram:InvoiceCurrencyCode]",
	    TOTALS "ram:TaxBasisTotalAmount", TOTALS "ram:GrandTotalAmount" }, rule_gross_total_cii,
	  "the total with VAT (BT-112) is not total without VAT (BT-109) + VAT (BT-110)" },
};
static const rule_row line[] = {
	MUST_SAY("BR-21", "BT-126 BG-25", "ram:AssociatedDocumentLineDocument/ram:LineID"),
	MUST_EXIST("BR-22", "BT-129 BG-25", "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity"),
	MUST_EXIST("BR-23", "BT-130 BG-25", "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity/@unitCode"),
	MUST_EXIST("BR-24", "BT-131 BG-25", "ram:SpecifiedLineTradeSettlement/"
		   "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount"),
	MUST_SAY("BR-25", "BT-153 BG-25", "ram:SpecifiedTradeProduct/ram:Name"),
	MUST_EXIST("BR-26", "BT-146 BG-25", "ram:SpecifiedLineTradeAgreement/"
		   "ram:NetPriceProductTradePrice/ram:ChargeAmount"),
	{ "BR-27", FATAL, "BT-146", RULE_FUNCTION,
	  { "ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice/ram:ChargeAmount" },
	  rule_not_negative, "the net price (BT-146) is missing or negative" },
	{ "BR-28", FATAL, "BT-148", RULE_FUNCTION,
	  { "ram:SpecifiedLineTradeAgreement/ram:GrossPriceProductTradePrice/ram:ChargeAmount" },
	  rule_not_negative_if, "the gross price (BT-148) is negative" },
	{ "BR-64", FATAL, "BT-157-1 BT-157", RULE_FUNCTION,
	  { "ram:SpecifiedTradeProduct/ram:GlobalID", "ram:SpecifiedTradeProduct/ram:GlobalID/@schemeID" },
	  rule_if_not_blank, "the standard item identifier (BT-157) does not name its scheme" },
	MUST_EXIST("BR-CO-04", "BT-151 BG-25", "ram:SpecifiedLineTradeSettlement/"
		   "ram:ApplicableTradeTax[ram:TypeCode^'VAT']/ram:CategoryCode"),
	MUST_EXIST("BR-CO-18", "BG-23", SETTLEMENT "ram:ApplicableTradeTax"),
	DECIMALS("BR-DEC-23", "BT-131", "ram:SpecifiedLineTradeSettlement/"
		 "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount"),
};
static const rule_row line_allowance[] = {
	MUST_EXIST("BR-41", "BT-136 BG-27", "../ram:ActualAmount"),
	EITHER("BR-42", "BT-139 BT-140 BG-27", REASON,
	       "a line allowance has neither a reason (BT-139) nor a reason code (BT-140)"),
	EITHER("BR-CO-23", "BT-139 BT-140 BG-27", REASON,
	       "a line allowance has neither a reason (BT-139) nor a reason code (BT-140)"),
	DECIMALS("BR-DEC-24", "BT-136", "../ram:ActualAmount"),
	DECIMALS("BR-DEC-25", "BT-137", "../ram:BasisAmount"),
};
static const rule_row line_charge[] = {
	MUST_EXIST("BR-43", "BT-141 BG-28", "../ram:ActualAmount"),
	EITHER("BR-44", "BT-144 BT-145 BG-28", REASON,
	       "a line charge has neither a reason (BT-144) nor a reason code (BT-145)"),
	EITHER("BR-CO-24", "BT-144 BT-145 BG-28", REASON,
	       "a line charge has neither a reason (BT-144) nor a reason code (BT-145)"),
	DECIMALS("BR-DEC-27", "BT-141", "../ram:ActualAmount"),
	DECIMALS("BR-DEC-28", "BT-142", "../ram:BasisAmount"),
};
static const rule_row line_period[] = {
	{ "BR-30", FATAL, "BT-135 BT-134", RULE_FUNCTION,
	  { "ram:StartDateTime", "ram:EndDateTime", "ram:StartDateTime/udt:DateTimeString[@format='102']",
	    "ram:EndDateTime/udt:DateTimeString[@format='102']" }, rule_period_cii,
	  "the line period (BG-26) ends before it begins" },
	EITHER("BR-CO-20", "BT-134 BT-135 BG-26", "ram:StartDateTime|ram:EndDateTime",
	       "the line period (BG-26) has neither a start nor an end"),
};
static const rule_row period[] = {
	{ "BR-29", FATAL, "BT-74 BT-73", RULE_FUNCTION,
	  { "ram:StartDateTime", "ram:EndDateTime", "ram:StartDateTime/udt:DateTimeString[@format='102']",
	    "ram:EndDateTime/udt:DateTimeString[@format='102']" }, rule_period_cii,
	  "the invoicing period (BG-14) ends before it begins" },
	EITHER("BR-CO-19", "BT-73 BT-74 BG-14", "ram:StartDateTime|ram:EndDateTime",
	       "the invoicing period (BG-14) has neither a start nor an end"),
};
static const rule_row characteristic[] = {
	{ "BR-54", FATAL, "BT-160 BT-161 BG-32", RULE_EXISTS, { ".[ram:Description][ram:Value]" }, NULL,
	  "an item attribute (BG-32) lacks its name (BT-160) or value (BT-161)" },
};
static const rule_row payee[] = {
	{ "BR-17", FATAL, "BT-59 BG-10", RULE_FUNCTION,
	  { "ram:Name", AGREEMENT "ram:SellerTradeParty/ram:Name",
	    "ram:ID", AGREEMENT "ram:SellerTradeParty/ram:ID",
	    "ram:SpecifiedLegalOrganization/ram:ID",
	    AGREEMENT "ram:SellerTradeParty/ram:SpecifiedLegalOrganization/ram:ID" }, rule_payee,
	  "the payee (BG-10) has no name (BT-59) or is the seller" },
};
static const rule_row payment_means[] = {
	MUST_EXIST("BR-49", "BT-81 BG-16", "ram:TypeCode"),
};
static const rule_row preceding[] = {
	MUST_SAY("BR-55", "BT-25 BG-3", "ram:IssuerAssignedID"),
};
static const rule_row seller[] = {
	EITHER("BR-CO-26", "BT-31 BT-29 BT-30 BG-4",
	       "ram:ID|ram:GlobalID|ram:SpecifiedLegalOrganization/ram:ID|"
	       "ram:SpecifiedTaxRegistration/ram:ID[@schemeID='VA']",
	       "the seller (BG-4) has no identifier (BT-29), registration (BT-30) or VAT identifier (BT-31)"),
};
static const rule_row representative[] = {
	MUST_SAY("BR-18", "BT-62 BG-11", "ram:Name"),
	MUST_EXIST("BR-19", "BG-12 BG-11", "ram:PostalTradeAddress"),
	MUST_SAY("BR-20", "BT-69 BG-12", "ram:PostalTradeAddress/ram:CountryID"),
	MUST_SAY("BR-56", "BT-63 BG-11", "ram:SpecifiedTaxRegistration/ram:ID[@schemeID='VA']"),
};
static const rule_row tax_total[] = {
	{ "BR-CO-14", FATAL, "BT-110 BT-117", RULE_FUNCTION,
	  { ".", SETTLEMENT "ram:ApplicableTradeTax/ram:CalculatedAmount" }, rule_vat_sum_cii,
	  "the VAT total (BT-110) is not the sum of the VAT breakdown (BT-117)" },
};
static const rule_row vat_registration[] = {
	{ "BR-CO-09", FATAL, "BT-31 BT-63 BT-48", RULE_FUNCTION, { "." },
	  rule_country_prefix_cii, "a VAT identifier does not begin with a country code" },
};
static const rule_row breakdown[] = {
	MUST_EXIST("BR-45", "BT-116 BG-23", "ram:BasisAmount"),
	MUST_EXIST("BR-46", "BT-117 BG-23", "ram:CalculatedAmount"),
	MUST_EXIST("BR-47", "BT-118 BG-23", ".[ram:TypeCode^'VAT']/ram:CategoryCode"),
	EITHER("BR-48", "BT-119 BG-23", ".[ram:TypeCode^'VAT']/ram:RateApplicablePercent|"
	       ".[ram:TypeCode^'VAT'][ram:CategoryCode='O']",
	       "a VAT breakdown (BG-23) has no rate (BT-119)"),
	{ "BR-CO-03", FATAL, "BT-7 BT-8", RULE_FUNCTION,
	  { SETTLEMENT "ram:ApplicableTradeTax/ram:TaxPointDate",
	    SETTLEMENT "ram:ApplicableTradeTax/ram:DueDateTypeCode" }, rule_not_both,
	  "tax point date (BT-7) and its code (BT-8) exclude each other" },
	{ "BR-CO-17", FATAL, "BT-117 BT-116 BT-119", RULE_FUNCTION,
	  { "ram:CalculatedAmount", "ram:BasisAmount",
	    ".[ram:TypeCode~'VAT']/ram:RateApplicablePercent" },
	  rule_vat_amount_cii, "the VAT of a breakdown (BT-117) is not taxable amount (BT-116) x rate (BT-119)" },
	DECIMALS("BR-DEC-19", "BT-116", "ram:BasisAmount"),
	DECIMALS("BR-DEC-20", "BT-117", "ram:CalculatedAmount"),
};

#define CREDIT_MEANS(code) "ram:SpecifiedTradeSettlementPaymentMeans[ram:TypeCode='" code \
	"']/ram:PayeePartyCreditorFinancialAccount"
#define HEADER_TAX(code) "/rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/" \
	"ram:ApplicableTradeTax[ram:TypeCode^'VAT'][ram:CategoryCode='" code "']"

/* Breakdowns of categories L, M and O are judged by contexts of their own (the BR-AF, BR-AG and BR-O
 * families), which keeps them from the rules for all others. */
static const rule_context contexts[] = {
	{ "ram:DesignatedProductClassification", RULES(classification) },
	{ "ram:AdditionalReferencedDocument", RULES(document_reference) },
	{ "ram:ApplicableTradeSettlementFinancialCard", RULES(card) },
	{ CREDIT_MEANS("30") "|" CREDIT_MEANS("58"), RULES(payee_account) },
	{ "/rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeDelivery", RULES(delivery) },
	{ "ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeAllowanceCharge/"
	  "ram:ChargeIndicator[udt:Indicator='false']", RULES(allowance) },
	{ "ram:ApplicableHeaderTradeSettlement/ram:SpecifiedTradeAllowanceCharge/"
	  "ram:ChargeIndicator[udt:Indicator='true']", RULES(charge) },
	{ "ram:SpecifiedTradeSettlementHeaderMonetarySummation", RULES(totals) },
	{ NULL, RULES(document) },
	{ "ram:IncludedSupplyChainTradeLineItem", RULES(line) },
	{ "ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeAllowanceCharge/"
	  "ram:ChargeIndicator[udt:Indicator='false']", RULES(line_allowance) },
	{ "ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeAllowanceCharge/"
	  "ram:ChargeIndicator[udt:Indicator='true']", RULES(line_charge) },
	{ "ram:SpecifiedLineTradeSettlement/ram:BillingSpecifiedPeriod", RULES(line_period) },
	{ "ram:ApplicableHeaderTradeSettlement/ram:BillingSpecifiedPeriod", RULES(period) },
	{ "ram:ApplicableProductCharacteristic", RULES(characteristic) },
	{ "ram:PayeeTradeParty", RULES(payee) },
	{ "ram:SpecifiedTradeSettlementPaymentMeans", RULES(payment_means) },
	{ "/rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/"
	  "ram:InvoiceReferencedDocument", RULES(preceding) },
	{ "ram:SellerTradeParty", RULES(seller) },
	{ "ram:SellerTaxRepresentativeTradeParty", RULES(representative) },
	{ "ram:SpecifiedTradeSettlementHeaderMonetarySummation/"
	  "ram:TaxTotalAmount[@currencyID=" SETTLEMENT "ram:InvoiceCurrencyCode]", RULES(tax_total) },
	{ "ram:SpecifiedTaxRegistration/ram:ID[@schemeID='VA']", RULES(vat_registration) },
	{ HEADER_TAX("L") "|" HEADER_TAX("M") "|" HEADER_TAX("O"), NULL, 0 },
	{ "ram:ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax", RULES(breakdown) },
};

const rule_set rules_en16931_cii = { "EN 16931", contexts, ARRAY_SIZE(contexts) };
