//! The element and attribute names the product knows, each a small number, so that finding one is an
//! integer comparison. Names come from the UBL 2.1 and CII D16B schemas, as far as a rule or a term uses them.
//! One long table, hence the length of this file.

use super::name::Table;

macro_rules! names {
    ($($(#[$doc:meta])* $module:ident, $prefix:literal, $uri:literal, $base:expr, [$($local:ident),* $(,)?];)*) => {
        $(
            $(#[$doc])*
            #[allow(non_upper_case_globals, non_camel_case_types, clippy::upper_case_acronyms)]
            pub mod $module {
                enum Index { $($local,)* END }
                /// Namespace of these names.
                pub const NAMESPACE: &str = $uri;
                pub(in crate::xml) const BASE: u16 = $base;
                pub(in crate::xml) const END: u16 = BASE + Index::END as u16;
                $(#[doc = concat!("`", stringify!($local), "`")] pub const $local: crate::xml::Name = crate::xml::Name::known(BASE + Index::$local as u16);)*
                pub(in crate::xml) const LOCALS: &[&str] = &[$(stringify!($local)),*];
            }
        )*
        pub(super) const NAMESPACES: &[&str] = &[$($module::NAMESPACE),*];
        pub(super) const PREFIXES: &[&str] = &[$($prefix),*];
        pub(super) const TABLES: &[(u16, &[&str])] = &[$(($module::BASE, $module::LOCALS)),*];
    };
}

names! {
    /// Attributes (and elements) without a namespace.
    attr, "", "", 0, [
        characterSetCode, currencyCodeListVersionID, currencyID, encodingCode, filename, format,
        languageID, languageLocaleID, listAgencyID, listAgencyName, listID, listName,
        listSchemeURI, listURI, listVersionID, mimeCode, name, schemeAgencyID, schemeAgencyName,
        schemeDataURI, schemeID, schemeName, schemeURI, schemeVersionID, unitCode,
        unitCodeListAgencyID, unitCodeListAgencyIdentifier, unitCodeListAgencyName,
        unitCodeListID, unitCodeListIdentifier, uri
    ];
    /// UBL Invoice root.
    inv, "", "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2", super::attr::END, [
        Invoice
    ];
    /// UBL CreditNote root.
    cn, "", "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2", super::inv::END, [
        CreditNote
    ];
    /// UBL basic components.
    cbc, "cbc:", "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2", super::cn::END, [
        AccountFormatCode, AccountTypeCode, AccountingCost, AccountingCostCode,
        ActualDeliveryDate, ActualDeliveryTime, AdditionalAccountID, AdditionalInformation,
        AdditionalStreetName, AddressFormatCode, AddressTypeCode, AliasName,
        AllowanceChargeReason, AllowanceChargeReasonCode, AllowanceTotalAmount, Amount,
        BarcodeSymbologyID, BaseAmount, BaseQuantity, BaseUnitMeasure, BlockName, BrandName,
        BuildingName, BuildingNumber, BuyerReference, CV2ID, CalculationSequenceNumeric,
        CardChipCode, CardTypeCode, CargoTypeCode, CatalogueIndicator, CharacterSetCode,
        ChargeIndicator, ChargeTotalAmount, ChipApplicationID, CityName, CitySubdivisionName,
        CommodityCode, CompanyID, CompanyLegalForm, CompanyLegalFormCode,
        CompanyLiquidationStatusCode, Conditions, CopyIndicator, CorporateStockAmount,
        CountrySubentity, CountrySubentityCode, CreditNoteTypeCode, CreditedQuantity,
        CurrencyCode, CustomerAssignedAccountID, CustomerReference, CustomizationID,
        DataSendingCapability, Department, Description, DescriptionCode, District,
        DocumentCurrencyCode, DocumentDescription, DocumentHash, DocumentStatusCode,
        DocumentType, DocumentTypeCode, DueDate, DurationMeasure, ElectronicMail,
        EmbeddedDocumentBinaryObject, EncodingCode, EndDate, EndTime, EndpointID,
        ExemptionReason, ExemptionReasonCode, ExpiryDate, ExpiryTime, ExtendedID, FileName,
        Floor, FormatCode, FreeOfChargeIndicator, FullyPaidSharesIndicator, HashAlgorithmMethod,
        HazardousRiskIndicator, HolderName, ID, IdentificationCode, ImportanceCode,
        IndustryClassificationCode, InformationURI, InhouseMail, InstallmentDueDate,
        InstructionID, InstructionNote, InvoiceTypeCode, InvoicedQuantity,
        InvoicingPartyReference, IssueDate, IssueNumberID, IssueTime, IssuerID,
        ItemClassificationCode, Keyword, LanguageID, LatestDeliveryDate, LatestDeliveryTime,
        Line, LineCountNumeric, LineExtensionAmount, LineID, LineStatusCode, ListValue,
        LocaleCode, LocationTypeCode, LogoReferenceID, MandateTypeCode, MarkAttention,
        MarkAttentionIndicator, MarkCare, MarkCareIndicator, MaximumPaidAmount,
        MaximumPaymentInstructionsNumeric, MaximumQuantity, MimeCode, MinimumQuantity,
        ModelName, MultiplierFactorNumeric, Name, NameCode, NatureCode, NetworkID, Note,
        OrderTypeCode, OrderableUnitFactorRate, PackQuantity, PackSizeNumeric, PaidAmount,
        PayableAlternativeAmount, PayableAmount, PayableRoundingAmount,
        PaymentAlternativeCurrencyCode, PaymentChannelCode, PaymentCurrencyCode, PaymentDueDate,
        PaymentID, PaymentMeansCode, PaymentMeansID, PaymentNote, PaymentPercent,
        PaymentPurposeCode, PaymentTermsDetailsURI, PenaltyAmount, PenaltySurchargePercent,
        PerUnitAmount, Percent, PlotIdentification, PostalZone, Postbox, PrepaidAmount,
        PrepaidIndicator, PrepaidPaymentReferenceID, PriceAmount, PriceChangeReason, PriceList,
        PriceType, PriceTypeCode, PricingCurrencyCode, PrimaryAccountNumber,
        PrimaryAccountNumberID, ProfileExecutionID, ProfileID, Quantity, ReferenceEventCode,
        Region, RegistrationDate, RegistrationExpirationDate, RegistrationName, ReleaseID, Room,
        RoundingAmount, SalesOrderID, SalesOrderLineID, SequenceNumeric,
        SettlementDiscountAmount, SettlementDiscountPercent, SignatureID,
        SoleProprietorshipIndicator, StartDate, StartTime, StreetName,
        SupplierAssignedAccountID, TaxAmount, TaxCurrencyCode, TaxEvidenceIndicator,
        TaxExclusiveAmount, TaxExemptionReason, TaxExemptionReasonCode, TaxIncludedIndicator,
        TaxInclusiveAmount, TaxLevelCode, TaxPointDate, TaxTypeCode, TaxableAmount, Telefax,
        Telephone, TestMethod, TierRange, TierRatePercent, TimezoneOffset, TrackingID,
        TransactionCurrencyTaxAmount, UBLVersionID, URI, UUID, ValidityPeriod,
        ValidityStartDate, Value, ValueQualifier, ValueQuantity, VersionID, WebsiteURI, XPath
    ];
    /// UBL aggregate components.
    cac, "cac:", "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2", super::cbc::END, [
        AccountingContact, AccountingCustomerParty, AccountingSupplierParty,
        AdditionalDocumentReference, AdditionalItemIdentification, AdditionalItemProperty,
        Address, AddressLine, AgentParty, AllowanceCharge, AlternativeDeliveryLocation,
        Attachment, BillingReference, BillingReferenceLine, BuyerContact, BuyerCustomerParty,
        BuyersItemIdentification, CardAccount, CarrierParty, CatalogueDocumentReference,
        CatalogueItemIdentification, Certificate, ClassifiedTaxCategory, Clause,
        CommodityClassification, Contact, ContractDocumentReference,
        CorporateRegistrationScheme, Country, CreditAccount, CreditNoteDocumentReference,
        CreditNoteLine, DebitNoteDocumentReference, Delivery, DeliveryAddress, DeliveryContact,
        DeliveryLocation, DeliveryParty, DeliveryTerms, Despatch, DespatchContact,
        DespatchDocumentReference, DespatchLineReference, Dimension, DocumentReference,
        EstimatedDeliveryPeriod, ExchangeRate, ExternalReference, FinancialAccount,
        FinancialInstitution, FinancialInstitutionBranch, HazardousItem, HeadOfficeParty,
        InformationContentProviderParty, InvoiceDocumentReference, InvoiceLine, InvoicePeriod,
        IssuerParty, Item, ItemInstance, ItemPriceExtension, ItemPropertyGroup,
        ItemPropertyRange, ItemSpecificationDocumentReference, JurisdictionRegionAddress,
        Language, LegalMonetaryTotal, LocationCoordinate, ManufacturerParty,
        ManufacturersItemIdentification, MaximumDeliveryUnit, MeasurementDimension,
        MinimumDeliveryUnit, NotifyParty, OrderLineReference, OrderReference, OriginAddress,
        OriginCountry, OriginatorDocumentReference, OriginatorParty, OtherCommunication, Party,
        PartyIdentification, PartyLegalEntity, PartyName, PartyTaxScheme, PayeeFinancialAccount,
        PayeeParty, PayerFinancialAccount, PayerParty, PaymentAlternativeExchangeRate,
        PaymentExchangeRate, PaymentMandate, PaymentMeans, PaymentReversalPeriod, PaymentTerms,
        PenaltyPeriod, Person, PhysicalAttribute, PhysicalLocation, PostalAddress,
        PowerOfAttorney, PrepaidPayment, Price, PricingExchangeRate, PricingReference,
        ProjectReference, RangeDimension, ReceiptDocumentReference, ReceiptLineReference,
        RegistrationAddress, ReminderDocumentReference, RequestedDeliveryPeriod,
        ResultOfVerification, SelfBilledCreditNoteDocumentReference,
        SelfBilledInvoiceDocumentReference, SellerContact, SellerSupplierParty,
        SellersItemIdentification, ServiceProviderParty, SettlementPeriod, ShareholderParty,
        Shipment, Signature, StandardItemIdentification, StatementDocumentReference,
        SubInvoiceLine, SubsidiaryLocation, TaxCategory, TaxExchangeRate,
        TaxRepresentativeParty, TaxScheme, TaxSubtotal, TaxTotal, TradeFinancing,
        TransactionConditions, UsabilityPeriod, ValidityPeriod, WithholdingTaxTotal,
        WorkPhaseReference
    ];
    /// UBL extension components.
    ext, "ext:", "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2", super::cac::END, [
        ExtensionContent, ExtensionURI, UBLExtension, UBLExtensions
    ];
    /// CII root and its parts.
    rsm, "rsm:", "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100", super::ext::END, [
        CrossIndustryInvoice, ExchangedDocument, ExchangedDocumentContext,
        SupplyChainTradeTransaction
    ];
    /// CII aggregates.
    ram, "ram:", "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100", super::rsm::END, [
        AccountName, ActualAmount, ActualDeliverySupplyChainEvent,
        ActualDespatchSupplyChainEvent, ActualPickUpSupplyChainEvent,
        ActualReceiptSupplyChainEvent, ActualTradeCurrencyExchange,
        AdditionalReferenceReferencedDocument, AdditionalReferencedDocument,
        AdditionalStreetName, AllowanceChargeBasisAmount, AllowanceTotalAmount, AmountTypeCode,
        ApplicableHeaderTrade, ApplicableHeaderTradeAgreement, ApplicableHeaderTradeDelivery,
        ApplicableHeaderTradeSettlement, ApplicableMaterialGoodsCharacteristic,
        ApplicableProductCharacteristic, ApplicableProductCharacteristicCondition,
        ApplicableReferencedStandard, ApplicableTradeDeliveryTerms,
        ApplicableTradePaymentDiscountTerms, ApplicableTradePaymentPenaltyTerms,
        ApplicableTradeSettlementFinancialCard, ApplicableTradeTax,
        ApplicationSpecifiedDocumentContextParameter, AppliedTradeAllowanceCharge,
        AreaDensityMeasure, AssociatedDocumentLineDocument, AssociatedReferencedDocument,
        AssociatedRegisteredTax, AttachedSpecifiedBinaryFile, AttachmentBinaryObject,
        AttentionOf, AuthorizedLegalRegistration, BICID, BIMSpecifiedDocumentContextParameter,
        BasisAmount, BasisQuantity, BilledQuantity, BillingSpecifiedPeriod, BrandName,
        BrandOwnerTradeParty, BuildingName, BuildingNumber,
        BusinessProcessSpecifiedDocumentContextParameter, BuyerAgentTradeParty,
        BuyerAssignedAccountantTradeParty, BuyerAssignedID,
        BuyerDeductibleTaxSpecifiedTradeAccountingAccount,
        BuyerNonDeductibleTaxSpecifiedTradeAccountingAccount, BuyerOrderReferencedDocument,
        BuyerReference, BuyerRepayableTaxSpecifiedTradeAccountingAccount,
        BuyerRequisitionerTradeParty, BuyerTaxRepresentativeTradeParty, BuyerTradeParty,
        CalculatedAmount, CalculatedRate, CalculationPercent, CalculationSequenceNumeric,
        CardholderName, CareOf, CategoryCode, CategoryName, CategoryTradeTax,
        CertificationEvidenceReferenceReferencedDocument, ChangeReason, ChannelCode,
        ChargeAmount, ChargeFreeQuantity, ChargeIndicator, ChargeTotalAmount, CityName,
        CitySubDivisionName, ClassCode, ClassName, ClassProductCharacteristic,
        ClearingSystemName, ColourCode, ColourDescription, CompleteDateTime, CompleteNumber,
        ConsumptionReportReferencedDocument, Content, ContentCode, ContentTypeCode,
        ContinuousIndicator, ContractReferencedDocument, ControlRequirementIndicator,
        CopyIndicator, CostReferenceDimensionPattern, CountryID, CountryName,
        CountrySubDivisionID, CountrySubDivisionName, CreditAvailableAmount, CreditLimitAmount,
        CreditReason, CreditReasonCode, CreditorReferenceID, CreditorReferenceIssuerID,
        CreditorReferenceType, CreditorReferenceTypeCode, CurrencyCode, CustomsDutyIndicator,
        DefinedTradeContact, DeliveryNoteReferencedDocument, DeliveryTradeLocation,
        DemandForecastReferencedDocument, DepartmentName, Description, DescriptionBinaryObject,
        DescriptionCode, DesignatedProductClassification, Designation,
        DespatchAdviceReferencedDocument, DespatchedQuantity, DirectDebitMandateID,
        DirectTelephoneUniversalCommunication, DiscountIndicator, DrainedNetWeightMeasure,
        DueDateDateTime, DueDateTypeCode, DuePayableAmount, DurationMeasure,
        EarliestOccurrenceDateTime, EffectiveSpecifiedPeriod, EmailURIUniversalCommunication,
        EndDateTime, EndItemName, EndItemTypeCode, EndPointURIUniversalCommunication,
        ExchangedDocument, ExemptionReason, ExemptionReasonCode, ExpiryDate,
        FactoringAgreementReferencedDocument, FactoringListReferencedDocument,
        FaxUniversalCommunication, FormattedCancellationAnnouncedLaunchDateTime,
        FormattedIssueDateTime, FormattedLatestProductDataChangeDateTime, FromEventCode,
        GlobalID, GrandTotalAmount, GrossLineTotalAmount, GrossPriceProductTradePrice,
        GrossWeightMeasure, GuaranteeMethodCode, GuidelineSpecifiedDocumentContextParameter,
        IBANID, ID, IncludedNote, IncludedReferencedProduct, IncludedSpecifiedMarketplace,
        IncludedSubordinateTradeLineItem, IncludedSupplyChainPackaging,
        IncludedSupplyChainTradeLineItem, IncludedTradeTax, InclusiveIndicator,
        IndividualTradeProductInstance, Information, InformationAmount, InformationNote,
        InspectionReferenceReferencedDocument, InstantMessagingUniversalCommunication,
        InstructionTypeCode, InterestRatePercent, InvoiceApplicableTradeCurrencyExchange,
        InvoiceCurrencyCode, InvoiceDateTime, InvoiceIssuerReference, InvoiceReferencedDocument,
        InvoiceeTradeParty, InvoicerTradeParty, IssueDateTime, IssuerAssignedID,
        IssuerTradeParty, ItemBuyerTradeParty, ItemSellerTradeParty, JobTitle, Jurisdiction,
        LanguageID, LatestOccurrenceDateTime, LegalClassificationCode,
        LegalRightsOwnerTradeParty, LetterOfCreditReferencedDocument, LineFive, LineFour,
        LineID, LineOne, LineStatusCode, LineStatusReasonCode, LineThree, LineTotalAmount,
        LineTotalBasisAmount, LineTwo, LinearSpatialDimension,
        LocationFinancialInstitutionAddress, LogoAssociatedSpecifiedBinaryFile,
        MSDSReferenceReferencedDocument, ManufacturerAssignedID, ManufacturerTradeParty,
        MaximumLinearSpatialDimension, MaximumQuantity, MeasurementMethodCode,
        MessageStandardSpecifiedDocumentContextParameter, MicrochipIndicator,
        MinimumLinearSpatialDimension, MinimumQuantity, MobileTelephoneUniversalCommunication,
        Name, NetIncludingTaxesLineTotalAmount, NetLineTotalAmount, NetPriceProductTradePrice,
        NetWeightMeasure, NextInvoiceDateTime, OccurrenceDateTime, OccurrenceLogisticsLocation,
        OccurrenceSpecifiedPeriod, OpenIndicator, OrderResponseReferencedDocument,
        OrderUnitConversionFactorNumeric, OriginTradeCountry, PackageQuantity,
        PackingListReferencedDocument, ParentLineID, PartialPaymentAmount,
        PartialPaymentPercent, PayableSpecifiedTradeAccountingAccount,
        PayeePartyCreditorFinancialAccount, PayeeSpecifiedCreditorFinancialInstitution,
        PayeeTradeParty, PayerPartyDebtorFinancialAccount,
        PayerSpecifiedDebtorFinancialInstitution, PayerTradeParty,
        PaymentApplicableTradeCurrencyExchange, PaymentChannelCode, PaymentCurrencyCode,
        PaymentMeansID, PaymentMethodCode, PaymentReference, PerPackageUnitQuantity, PersonID,
        PersonName, PlaceApplicableTradeLocation, PostOfficeBox, PostalTradeAddress,
        PostcodeCode, PrepaidIndicator, PresentationSpecifiedBinaryFile,
        PreviousDeliverySupplyChainEvent, PreviousRevisionID, PriceListReferencedDocument,
        ProFormaInvoiceReferencedDocument, ProductEndUserTradeParty, ProductGroupID,
        ProductUnitQuantity, ProductValueExcludingTobaccoTaxInformationAmount,
        ProductWeightLossInformationAmount, PromotionalDealReferencedDocument, ProprietaryID,
        PurchaseConditionsReferencedDocument, PurchaseSpecifiedTradeAccountingAccount, Purpose,
        PurposeCode, QuotationReferencedDocument, RateApplicablePercent, Reason, ReasonCode,
        ReceivableSpecifiedTradeAccountingAccount, ReceivedQuantity,
        ReceivingAdviceReferencedDocument, Reference, ReferenceTypeCode,
        RelatedSupplyChainConsignment, RequestedDeliverySupplyChainEvent, RequestedQuantity,
        RequisitionerReferencedDocument, Responsibility,
        RetailValueExcludingTaxInformationAmount, RevisionDateTime, RevisionID, RoleCode,
        RoundingAmount, SalesAgentTradeParty, SalesSpecifiedTradeAccountingAccount,
        ScenarioSpecifiedDocumentContextParameter, SeasonCode, SectionName,
        SellerAssignedAccountantTradeParty, SellerAssignedID, SellerOrderReferencedDocument,
        SellerPayableTaxSpecifiedTradeAccountingAccount,
        SellerRefundableTaxSpecifiedTradeAccountingAccount, SellerTaxRepresentativeTradeParty,
        SellerTradeParty, SequenceNumeric, ServiceSupplyTradeCountry, SetTriggerCode,
        SettlementPeriodMeasure, ShipFromTradeParty, ShipToTradeParty, SpecifiedAdvancePayment,
        SpecifiedContactPerson, SpecifiedDeliveryAdjustment, SpecifiedDocumentVersion,
        SpecifiedFinancialAdjustment, SpecifiedLegalOrganization, SpecifiedLineTradeAgreement,
        SpecifiedLineTradeDelivery, SpecifiedLineTradeSettlement,
        SpecifiedLogisticsServiceCharge, SpecifiedNote, SpecifiedProcuringProject,
        SpecifiedTaxRegistration, SpecifiedTradeAccountingAccount,
        SpecifiedTradeAllowanceCharge, SpecifiedTradePaymentTerms, SpecifiedTradeProduct,
        SpecifiedTradeSettlementFinancialCard, SpecifiedTradeSettlementHeaderMonetarySummation,
        SpecifiedTradeSettlementLineMonetarySummation, SpecifiedTradeSettlementPaymentMeans,
        SpecifiedTransactionID, StartDateFlexibilityCode, StartDateTime, StatusCode, StreetName,
        SubBrandName, SubClassCode, Subject, SubjectCode, SubordinateTradeCountrySubDivision,
        SubsetSpecifiedDocumentContextParameter, SubtotalCalculatedTradeTax,
        SupplyInstructionReferencedDocument, SystemID, SystemName,
        TaxApplicableTradeCurrencyExchange, TaxBasisAllowanceRate, TaxBasisTotalAmount,
        TaxCurrencyCode, TaxPointDate, TaxTotalAmount, TelephoneUniversalCommunication,
        TelexUniversalCommunication, TestIndicator, TheoreticalWeightMeasure,
        TotalAdjustmentAmount, TotalAllowanceChargeAmount, TotalDepositFeeInformationAmount,
        TotalDiscountAmount, TotalPrepaidAmount, TotalRetailValueInformationAmount,
        TradeComparisonReferencePrice, TradeName, TradingBusinessName, Type, TypeCode, URIID,
        URIUniversalCommunication, UltimateCustomerOrderReferencedDocument,
        UltimatePayeeTradeParty, UltimateShipToTradeParty, UnitBasisAmount, UnitQuantity,
        UseDescription, VOIPUniversalCommunication, ValidFromDateTime, ValiditySpecifiedPeriod,
        ValuationBreakdownStatement, Value, ValueCode, ValueDateTime, ValueIndicator,
        ValueMeasure, ValueSpecifiedBinaryFile, VariableMeasureIndicator, VerificationNumeric,
        VersionID
    ];
    /// CII unqualified data types.
    udt, "udt:", "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100", super::ram::END, [
        DateString, DateTime, DateTimeString, Indicator, IndicatorString
    ];
    /// CII qualified data types.
    qdt, "qdt:", "urn:un:unece:uncefact:data:standard:QualifiedDataType:100", super::udt::END, [
        DateTimeString
    ];
}

/// Every known name, found by namespace and local name through a table built at compile time.
pub(super) static KNOWN: Table = Table::build(TABLES);
pub(super) const KNOWN_END: u16 = qdt::END;
