/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* EN 16931 in UBL 2.1: existence of terms (BR-01 to BR-65), sums (BR-CO), decimals (BR-DEC).
 * Ids, contexts and severities are facts of the CEN artefacts 1.3.16; the order of the contexts is
 * theirs. */
#include "invoice/rules.h"

#define FATAL EFILE_SEVERITY_ERROR
#define MUST_EXIST(id, terms, path) { id, FATAL, terms, RULE_EXISTS, { path }, NULL, NULL }
#define MUST_SAY(id, terms, path) { id, FATAL, terms, RULE_NOT_BLANK, { path }, NULL, NULL }
#define DECIMALS(id, term, path) { id, FATAL, term, RULE_TWO_DECIMALS, { path }, NULL, NULL }
#define EITHER(id, terms, path, message) { id, FATAL, terms, RULE_EXISTS, { path }, NULL, message }

#define LINE(rest) "cac:InvoiceLine" rest "|cac:CreditNoteLine" rest
#define ANY_LINE(rest) "/cac:InvoiceLine" rest "|/cac:CreditNoteLine" rest
#define REASON "cbc:AllowanceChargeReason|cbc:AllowanceChargeReasonCode"
#define VAT_CATEGORY "cac:TaxCategory[cac:TaxScheme/cbc:ID~'VAT']/cbc:ID"
#define PARTY "/cac:AccountingSupplierParty/cac:Party/"

static const rule_row document_reference[] = {
	MUST_SAY("BR-52", "BT-122 BG-24", "cbc:ID"),
};
static const rule_row buyer_endpoint[] = {
	MUST_EXIST("BR-63", "BT-49-1 BT-49", "@schemeID"),
};
static const rule_row buyer_address[] = {
	MUST_SAY("BR-11", "BT-55", "cac:Country/cbc:IdentificationCode"),
};
static const rule_row card_number[] = {
	{ "BR-51", EFILE_SEVERITY_WARNING, "BT-87", RULE_TEN_CHARACTERS, { "." }, NULL, NULL },
};
static const rule_row delivery_address[] = {
	MUST_EXIST("BR-57", "BT-80 BG-15", "cac:Country/cbc:IdentificationCode"),
};
static const rule_row allowance[] = {
	MUST_EXIST("BR-31", "BT-92 BG-20", "cbc:Amount"),
	MUST_EXIST("BR-32", "BT-95 BG-20", VAT_CATEGORY),
	EITHER("BR-33", "BT-97 BT-98 BG-20", REASON,
	       "a document level allowance has neither a reason (BT-97) nor a reason code (BT-98)"),
	EITHER("BR-CO-21", "BT-97 BT-98 BG-20", REASON,
	       "a document level allowance has neither a reason (BT-97) nor a reason code (BT-98)"),
	DECIMALS("BR-DEC-01", "BT-92", "cbc:Amount"),
	DECIMALS("BR-DEC-02", "BT-93", "cbc:BaseAmount"),
};
static const rule_row charge[] = {
	MUST_EXIST("BR-36", "BT-99 BG-21", "cbc:Amount"),
	MUST_EXIST("BR-37", "BT-102 BG-21", VAT_CATEGORY),
	EITHER("BR-38", "BT-104 BT-105 BG-21", REASON,
	       "a document level charge has neither a reason (BT-104) nor a reason code (BT-105)"),
	EITHER("BR-CO-22", "BT-104 BT-105 BG-21", REASON,
	       "a document level charge has neither a reason (BT-104) nor a reason code (BT-105)"),
	DECIMALS("BR-DEC-05", "BT-99", "cbc:Amount"),
	DECIMALS("BR-DEC-06", "BT-100", "cbc:BaseAmount"),
};
static const rule_row totals[] = {
	MUST_EXIST("BR-12", "BT-106", "cbc:LineExtensionAmount"),
	MUST_EXIST("BR-13", "BT-109", "cbc:TaxExclusiveAmount"),
	MUST_EXIST("BR-14", "BT-112", "cbc:TaxInclusiveAmount"),
	MUST_EXIST("BR-15", "BT-115", "cbc:PayableAmount"),
	{ "BR-CO-10", FATAL, "BT-106 BT-131", RULE_FUNCTION,
	  { "cbc:LineExtensionAmount", ANY_LINE("/cbc:LineExtensionAmount") }, rule_line_sum_ubl,
	  "the sum of line net amounts (BT-106) is not the sum of the lines (BT-131)" },
	{ "BR-CO-11", FATAL, "BT-107 BT-92", RULE_FUNCTION,
	  { "cbc:AllowanceTotalAmount", "/cac:AllowanceCharge[cbc:ChargeIndicator?'false']/cbc:Amount",
	    "/cac:AllowanceCharge[cbc:ChargeIndicator?'false']" }, rule_part_sum_ubl,
	  "the sum of allowances (BT-107) is not the sum of the document level allowances (BT-92)" },
	{ "BR-CO-12", FATAL, "BT-108 BT-99", RULE_FUNCTION,
	  { "cbc:ChargeTotalAmount", "/cac:AllowanceCharge[cbc:ChargeIndicator?'true']/cbc:Amount",
	    "/cac:AllowanceCharge[cbc:ChargeIndicator?'true']" }, rule_part_sum_ubl,
	  "the sum of charges (BT-108) is not the sum of the document level charges (BT-99)" },
	{ "BR-CO-13", FATAL, "BT-109 BT-106 BT-107 BT-108", RULE_FUNCTION,
	  { "cbc:TaxExclusiveAmount", "cbc:LineExtensionAmount", "cbc:AllowanceTotalAmount",
	    "cbc:ChargeTotalAmount" }, rule_net_total_ubl,
	  "the total without VAT (BT-109) is not lines (BT-106) - allowances (BT-107) + charges (BT-108)" },
	{ "BR-CO-16", FATAL, "BT-115 BT-112 BT-113 BT-114", RULE_FUNCTION,
	  { "cbc:PayableAmount", "cbc:TaxInclusiveAmount", "cbc:PrepaidAmount",
	    "cbc:PayableRoundingAmount" }, rule_due_ubl,
	  "the amount due (BT-115) is not total with VAT (BT-112) - paid (BT-113) + rounding (BT-114)" },
	DECIMALS("BR-DEC-09", "BT-106", "cbc:LineExtensionAmount"),
	DECIMALS("BR-DEC-10", "BT-107", "cbc:AllowanceTotalAmount"),
	DECIMALS("BR-DEC-11", "BT-108", "cbc:ChargeTotalAmount"),
	DECIMALS("BR-DEC-12", "BT-109", "cbc:TaxExclusiveAmount"),
	DECIMALS("BR-DEC-14", "BT-112", "cbc:TaxInclusiveAmount"),
	DECIMALS("BR-DEC-16", "BT-113", "cbc:PrepaidAmount"),
	DECIMALS("BR-DEC-17", "BT-114", "cbc:PayableRoundingAmount"),
	DECIMALS("BR-DEC-18", "BT-115", "cbc:PayableAmount"),
};
static const rule_row document[] = {
	MUST_SAY("BR-01", "BT-24", "cbc:CustomizationID"),
	MUST_SAY("BR-02", "BT-1", "cbc:ID"),
	MUST_SAY("BR-03", "BT-2", "cbc:IssueDate"),
	MUST_SAY("BR-04", "BT-3", "cbc:InvoiceTypeCode|cbc:CreditNoteTypeCode"),
	MUST_SAY("BR-05", "BT-5", "cbc:DocumentCurrencyCode"),
	MUST_SAY("BR-06", "BT-27",
		 "cac:AccountingSupplierParty/cac:Party/cac:PartyLegalEntity/cbc:RegistrationName"),
	MUST_SAY("BR-07", "BT-44",
		 "cac:AccountingCustomerParty/cac:Party/cac:PartyLegalEntity/cbc:RegistrationName"),
	MUST_EXIST("BR-08", "BG-5", "cac:AccountingSupplierParty/cac:Party/cac:PostalAddress"),
	MUST_EXIST("BR-10", "BG-8", "cac:AccountingCustomerParty/cac:Party/cac:PostalAddress"),
	MUST_EXIST("BR-16", "BG-25", LINE("")),
	{ "BR-53", FATAL, "BT-111 BT-6", RULE_FUNCTION,
	  { "cbc:TaxCurrencyCode", "cac:TaxTotal/cbc:TaxAmount/@currencyID" }, rule_tax_currency_ubl,
	  "there is a VAT accounting currency (BT-6), but no VAT total in it (BT-111)" },
	{ "BR-CO-03", FATAL, "BT-7 BT-8", RULE_FUNCTION,
	  { "cbc:TaxPointDate", "cac:InvoicePeriod/cbc:DescriptionCode" }, rule_not_both,
	  "tax point date (BT-7) and its code (BT-8) exclude each other" },
	{ "BR-CO-15", FATAL, "BT-112 BT-109 BT-110", RULE_FUNCTION,
	  { "cbc:DocumentCurrencyCode", "cac:TaxTotal/cbc:TaxAmount[@currencyID=/cbc:DocumentCurrencyCode]",
	    "cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount",
	    "cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount" }, rule_gross_total_ubl,
	  "the total with VAT (BT-112) is not total without VAT (BT-109) + VAT (BT-110)" },
	MUST_EXIST("BR-CO-18", "BG-23", "cac:TaxTotal/cac:TaxSubtotal"),
};
static const rule_row line[] = {
	MUST_SAY("BR-21", "BT-126 BG-25", "cbc:ID"),
	MUST_EXIST("BR-22", "BT-129 BG-25", "cbc:InvoicedQuantity|cbc:CreditedQuantity"),
	MUST_EXIST("BR-23", "BT-130 BG-25",
		   "cbc:InvoicedQuantity/@unitCode|cbc:CreditedQuantity/@unitCode"),
	MUST_EXIST("BR-24", "BT-131 BG-25", "cbc:LineExtensionAmount"),
	MUST_SAY("BR-25", "BT-153 BG-25", "cac:Item/cbc:Name"),
	MUST_EXIST("BR-26", "BT-146 BG-25", "cac:Price/cbc:PriceAmount"),
	{ "BR-27", FATAL, "BT-146", RULE_FUNCTION, { "cac:Price/cbc:PriceAmount" },
	  rule_not_negative, "the net price (BT-146) is missing or negative" },
	{ "BR-28", FATAL, "BT-148", RULE_FUNCTION, { "cac:Price/cac:AllowanceCharge/cbc:BaseAmount" },
	  rule_not_negative_if, "the gross price (BT-148) is negative" },
	MUST_EXIST("BR-CO-04", "BT-151 BG-25",
		   "cac:Item/cac:ClassifiedTaxCategory[cac:TaxScheme/cbc:ID~'VAT']/cbc:ID"),
	DECIMALS("BR-DEC-23", "BT-131", "cbc:LineExtensionAmount"),
};
static const rule_row line_allowance[] = {
	MUST_EXIST("BR-41", "BT-136 BG-27", "cbc:Amount"),
	EITHER("BR-42", "BT-139 BT-140 BG-27", REASON,
	       "a line allowance has neither a reason (BT-139) nor a reason code (BT-140)"),
	EITHER("BR-CO-23", "BT-139 BT-140 BG-27", REASON,
	       "a line allowance has neither a reason (BT-139) nor a reason code (BT-140)"),
	DECIMALS("BR-DEC-24", "BT-136", "cbc:Amount"),
	DECIMALS("BR-DEC-25", "BT-137", "cbc:BaseAmount"),
};
static const rule_row line_charge[] = {
	MUST_EXIST("BR-43", "BT-141 BG-28", "cbc:Amount"),
	EITHER("BR-44", "BT-144 BT-145 BG-28", REASON,
	       "a line charge has neither a reason (BT-144) nor a reason code (BT-145)"),
	EITHER("BR-CO-24", "BT-144 BT-145 BG-28", REASON,
	       "a line charge has neither a reason (BT-144) nor a reason code (BT-145)"),
	DECIMALS("BR-DEC-27", "BT-141", "cbc:Amount"),
	DECIMALS("BR-DEC-28", "BT-142", "cbc:BaseAmount"),
};
static const rule_row line_period[] = {
	{ "BR-30", FATAL, "BT-135 BT-134", RULE_FUNCTION, { "cbc:StartDate", "cbc:EndDate" },
	  rule_period_ubl, "the line period (BG-26) ends before it begins" },
	EITHER("BR-CO-20", "BT-134 BT-135 BG-26", "cbc:StartDate|cbc:EndDate",
	       "the line period (BG-26) has neither a start nor an end"),
};
static const rule_row period[] = {
	{ "BR-29", FATAL, "BT-74 BT-73", RULE_FUNCTION, { "cbc:StartDate", "cbc:EndDate" },
	  rule_period_ubl, "the invoicing period (BG-14) ends before it begins" },
	EITHER("BR-CO-19", "BT-73 BT-74 BG-14", "cbc:StartDate|cbc:EndDate|cbc:DescriptionCode",
	       "the invoicing period (BG-14) has neither a start nor an end"),
};
static const rule_row item_property[] = {
	{ "BR-54", FATAL, "BT-160 BT-161 BG-32", RULE_EXISTS, { ".[cbc:Name][cbc:Value]" }, NULL,
	  "an item attribute (BG-32) lacks its name (BT-160) or value (BT-161)" },
};
static const rule_row classification[] = {
	MUST_EXIST("BR-65", "BT-158-1 BT-158", "@listID"),
};
static const rule_row standard_id[] = {
	MUST_EXIST("BR-64", "BT-157-1 BT-157", "@schemeID"),
};
static const rule_row payee[] = {
	{ "BR-17", FATAL, "BT-59 BG-10", RULE_FUNCTION,
	  { "cac:PartyName/cbc:Name", PARTY "cac:PartyName/cbc:Name",
	    "cac:PartyIdentification/cbc:ID", PARTY "cac:PartyIdentification/cbc:ID" }, rule_payee,
	  "the payee (BG-10) has no name (BT-59) or is the seller" },
};
static const rule_row payee_account[] = {
	MUST_SAY("BR-50", "BT-84 BG-17", "cbc:ID"),
};
static const rule_row payment_means[] = {
	MUST_EXIST("BR-49", "BT-81 BG-16", "cbc:PaymentMeansCode"),
	EITHER("BR-61", "BT-84 BG-17",
	       "cac:PayeeFinancialAccount/cbc:ID|"
	       ".[!cbc:PaymentMeansCode~'30'][!cbc:PaymentMeansCode~'58']",
	       "a credit transfer (BG-17) has no payment account identifier (BT-84)"),
};
static const rule_row billing_reference[] = {
	MUST_EXIST("BR-55", "BT-25 BG-3", "cac:InvoiceDocumentReference/cbc:ID"),
};
static const rule_row seller[] = {
	EITHER("BR-CO-26", "BT-31 BT-29 BT-30 BG-4",
	       "cac:Party/cac:PartyTaxScheme[cac:TaxScheme/cbc:ID~'VAT']/cbc:CompanyID|"
	       "cac:Party/cac:PartyIdentification/cbc:ID[@schemeID!='SEPA']|"
	       "cac:Party/cac:PartyLegalEntity/cbc:CompanyID",
	       "the seller (BG-4) has no identifier (BT-29), registration (BT-30) or VAT identifier (BT-31)"),
};
static const rule_row seller_endpoint[] = {
	MUST_EXIST("BR-62", "BT-34-1 BT-34", "@schemeID"),
};
static const rule_row seller_address[] = {
	MUST_SAY("BR-09", "BT-40", "cac:Country/cbc:IdentificationCode"),
};
static const rule_row representative[] = {
	MUST_SAY("BR-18", "BT-62 BG-11", "cac:PartyName/cbc:Name"),
	MUST_EXIST("BR-19", "BG-12 BG-11", "cac:PostalAddress"),
	MUST_EXIST("BR-56", "BT-63 BG-11",
		   "cac:PartyTaxScheme[cac:TaxScheme/cbc:ID~'VAT']/cbc:CompanyID"),
};
static const rule_row representative_address[] = {
	MUST_SAY("BR-20", "BT-69 BG-12", "cac:Country/cbc:IdentificationCode"),
};
static const rule_row tax_total[] = {
	{ "BR-CO-14", FATAL, "BT-110 BT-117", RULE_FUNCTION,
	  { "cbc:TaxAmount", "cac:TaxSubtotal/cbc:TaxAmount", "cac:TaxSubtotal" }, rule_vat_sum_ubl,
	  "the VAT total (BT-110) is not the sum of the VAT breakdown (BT-117)" },
};
static const rule_row breakdown[] = {
	MUST_EXIST("BR-45", "BT-116 BG-23", "cbc:TaxableAmount"),
	MUST_EXIST("BR-46", "BT-117 BG-23", "cbc:TaxAmount"),
	MUST_EXIST("BR-47", "BT-118 BG-23", VAT_CATEGORY),
	EITHER("BR-48", "BT-119 BG-23",
	       "cac:TaxCategory[cac:TaxScheme/cbc:ID~'VAT']/cbc:Percent|"
	       "cac:TaxCategory[cac:TaxScheme/cbc:ID~'VAT'][cbc:ID%'O']",
	       "a VAT breakdown (BG-23) has no rate (BT-119)"),
	{ "BR-CO-17", FATAL, "BT-117 BT-116 BT-119", RULE_FUNCTION,
	  { "cbc:TaxAmount", "cbc:TaxableAmount",
	    "cac:TaxCategory[cac:TaxScheme/cbc:ID~'VAT']/cbc:Percent" },
	  rule_vat_amount_ubl, "the VAT of a breakdown (BT-117) is not taxable amount (BT-116) x rate (BT-119)" },
	DECIMALS("BR-DEC-19", "BT-116", "cbc:TaxableAmount"),
	DECIMALS("BR-DEC-20", "BT-117", "cbc:TaxAmount"),
};
static const rule_row vat_scheme[] = {
	{ "BR-CO-09", FATAL, "BT-31 BT-63 BT-48", RULE_FUNCTION, { "cbc:CompanyID" },
	  rule_country_prefix_ubl, "a VAT identifier does not begin with a country code" },
};

static const rule_context contexts[] = {
	{ "cac:AdditionalDocumentReference", RULES(document_reference) },
	{ "cac:AccountingCustomerParty/cac:Party/cbc:EndpointID", RULES(buyer_endpoint) },
	{ "cac:AccountingCustomerParty/cac:Party/cac:PostalAddress", RULES(buyer_address) },
	{ "cac:PaymentMeans/cac:CardAccount/cbc:PrimaryAccountNumberID", RULES(card_number) },
	{ "cac:Delivery/cac:DeliveryLocation/cac:Address", RULES(delivery_address) },
	{ "/cac:AllowanceCharge[cbc:ChargeIndicator?'false']", RULES(allowance) },
	{ "/cac:AllowanceCharge[cbc:ChargeIndicator?'true']", RULES(charge) },
	{ "cac:LegalMonetaryTotal", RULES(totals) },
	{ NULL, RULES(document) },
	{ LINE(""), RULES(line) },
	{ LINE("/cac:AllowanceCharge[cbc:ChargeIndicator?'false']"), RULES(line_allowance) },
	{ LINE("/cac:AllowanceCharge[cbc:ChargeIndicator?'true']"), RULES(line_charge) },
	{ LINE("/cac:InvoicePeriod"), RULES(line_period) },
	{ "cac:InvoicePeriod", RULES(period) },
	{ "cac:AdditionalItemProperty", RULES(item_property) },
	{ LINE("/cac:Item/cac:CommodityClassification/cbc:ItemClassificationCode"), RULES(classification) },
	{ LINE("/cac:Item/cac:StandardItemIdentification/cbc:ID"), RULES(standard_id) },
	{ "cac:PayeeParty", RULES(payee) },
	{ "cac:PaymentMeans[cbc:PaymentMeansCode='30']/cac:PayeeFinancialAccount|"
	  "cac:PaymentMeans[cbc:PaymentMeansCode='58']/cac:PayeeFinancialAccount", RULES(payee_account) },
	{ "cac:PaymentMeans", RULES(payment_means) },
	{ "cac:BillingReference", RULES(billing_reference) },
	{ "cac:AccountingSupplierParty", RULES(seller) },
	{ "cac:AccountingSupplierParty/cac:Party/cbc:EndpointID", RULES(seller_endpoint) },
	{ "cac:AccountingSupplierParty/cac:Party/cac:PostalAddress", RULES(seller_address) },
	{ "cac:TaxRepresentativeParty", RULES(representative) },
	{ "cac:TaxRepresentativeParty/cac:PostalAddress", RULES(representative_address) },
	{ "/cac:TaxTotal", RULES(tax_total) },
	{ "cac:TaxTotal/cac:TaxSubtotal", RULES(breakdown) },
	{ "cac:PartyTaxScheme[cac:TaxScheme/cbc:ID~'VAT']", RULES(vat_scheme) },
};

const rule_set rules_en16931_ubl = { "EN 16931", contexts, ARRAY_SIZE(contexts) };
