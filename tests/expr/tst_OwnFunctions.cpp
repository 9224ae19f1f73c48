// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Random.h"
#include "core/base/Text.h"
#include "core/data/Decimal.h"
#include "core/data/Json.h"
#include "core/expr/Cleaning.h"
#include "core/expr/Expression.h"

#include <QElapsedTimer>
#include <QTest>

using namespace tw;

namespace {

/// The result as JSON, "nothing" for undefined, or "!CODE" for an error. `$` is the input.
QString outcome(const QString &text, const QString &input = QStringLiteral("null"),
                const Environment &environment = {})
{
    const auto compiled = Expression::compile(toUtf8(text));
    if (!compiled)
        return u'!' + toQString(compiled.error().code);
    const auto document = parseJson(toUtf8(input));
    if (!document)
        return QStringLiteral("bad input");
    const auto result = compiled->evaluateToDocument(document->root(), environment);
    if (!result)
        return u'!' + toQString(result.error().code);
    return result->root().isUndefined() ? QStringLiteral("nothing")
                                        : toQString(toJson(result->root()));
}

void columns()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("result");
}

void row(const char *name, const char *text, const char *result)
{
    QTest::newRow(name) << QString::fromUtf8(text) << QString::fromUtf8(result);
}

} // namespace

/// Tidewire's own functions: exact, pure, and safe against what the world writes into fields.
class TestOwnFunctions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void convertsMoney_data();
    void convertsMoney() { compareRow(); }
    void convertsAsWideArithmeticDoes();
    void roundsHalfUp_data();
    void roundsHalfUp() { compareRow(); }
    void datesFollowTheZone_data();
    void datesFollowTheZone() { compareRow(); }
    void normalizesEmails_data();
    void normalizesEmails() { compareArgument(QStringLiteral("$normalizeEmail($)")); }
    void normalizesNames_data();
    void normalizesNames() { compareArgument(QStringLiteral("$normalizeName($)")); }
    void normalizesPhones_data();
    void normalizesPhones();
    void nothingAndNullPass_data();
    void nothingAndNullPass() { compareRow(); }
    void errorsSayWhatIsWrong_data();
    void errorsSayWhatIsWrong();
    void numbersBeyondAllReachNoRecord();
    void twiceIsOnce();
    void hugeTextsStayWithinTheBudget_data();
    void hugeTextsStayWithinTheBudget();

private:
    static void compareRow()
    {
        QFETCH(QString, text);
        QFETCH(QString, result);
        QCOMPARE(outcome(text), result);
    }
    static void compareArgument(const QString &expression)
    {
        QFETCH(QString, text);
        QFETCH(QString, result);
        QCOMPARE(outcome(expression, toQString(toJson(Value::string(text.toStdString())))), result);
    }
};

void TestOwnFunctions::convertsMoney_data()
{
    columns();
    row("from dollars to euros", "$convertCurrency(100, 'USD', 'EUR', {'EUR': 1, 'USD': 1.0842})",
        "92.23");
    row("from the base", "$convertCurrency(100, 'EUR', 'USD', {'EUR': 1, 'USD': 1.0842})",
        "108.42");
    row("small letters as Stripe writes them",
        "$convertCurrency(100, 'usd', 'eur', {'eur': 1, 'usd': 1.0842})", "92.23");
    row("a half goes up", "$convertCurrency(0.05, 'EUR', 'USD', {'EUR': 1, 'USD': 0.5})", "0.03");
    row("a half goes away from zero",
        "$convertCurrency(-0.05, 'EUR', 'USD', {'EUR': 1, 'USD': 0.5})", "-0.03");
    row("just below a half goes down",
        "$convertCurrency(0.0499999999999999, 'EUR', 'USD', {'EUR': 1, 'USD': 0.5})", "0.02");
    row("yen have no decimals", "$convertCurrency(10.5, 'USD', 'JPY', {'USD': 1, 'JPY': 151})",
        "1586");
    row("dinars go in steps of ten fils",
        "$convertCurrency(10, 'USD', 'KWD', {'USD': 1, 'KWD': 0.30712})", "3.07");
    row("krona of Iceland have none in life",
        "$convertCurrency(10, 'USD', 'ISK', {'USD': 1, 'ISK': 137.26})", "1373");
    row("the same currency needs no rate", "$convertCurrency(10.005, 'USD', 'usd', {})", "10.01");
    row("rates may be decimal texts", "$convertCurrency(3, 'USD', 'EUR', {'USD': '3', 'EUR': '1'})",
        "1");
    row("a third is cut at the cent", "$convertCurrency(1, 'USD', 'EUR', {'USD': 3, 'EUR': 1})",
        "0.33");
    row("a large amount stays exact",
        "$convertCurrency($parseJson('90071992547409.93'), 'USD', 'EUR', {'USD': 1, 'EUR': 2})",
        "180143985094819.86");
    row("no rate for the target", "$convertCurrency(1, 'USD', 'CHF', {'USD': 1})", "!X1014");
    row("no rate for the source", "$convertCurrency(1, 'USD', 'CHF', {'CHF': 1})", "!X1014");
    row("no rates at all", "$convertCurrency(1, 'USD', 'CHF', missing)", "!X1014");
    row("a rate of zero", "$convertCurrency(1, 'USD', 'CHF', {'USD': 0, 'CHF': 1})", "!X1014");
    row("a negative rate", "$convertCurrency(1, 'USD', 'CHF', {'USD': -1, 'CHF': 1})", "!X1014");
    row("a rate that is no number", "$convertCurrency(1, 'USD', 'CHF', {'USD': [], 'CHF': 1})",
        "!X1014");
    row("an unknown currency", "$convertCurrency(1, 'USD', 'XYZ', {'USD': 1, 'XYZ': 1})", "!X1011");
    row("no currency code", "$convertCurrency(1, 'dollar', 'EUR', {})", "!X1011");
    row("an amount that is no number", "$convertCurrency('1', 'USD', 'EUR', {})", "!X1010");
    row("an amount beyond all money",
        "$convertCurrency(1e35, 'USD', 'EUR', {'USD': 1, 'EUR': 1000})", "!X1010");
    row("a missing currency is not guessed", "$convertCurrency(1, missing, 'EUR', {})", "!X1011");
    row("nor is that of an amount", "$toMajor(1099, missing)", "!X1011");
    row("in either direction", "$toMinor(10.99, missing)", "!X1011");
    row("without an amount there is nothing to guess", "$toMajor(missing, missing)", "nothing");
    row("$toMajor knows the currencies too", "$toMajor(100, 'xyz')", "!X1011");
    row("$toMinor knows the currencies too", "$toMinor(1, 'abc')", "!X1011");
    row("whole krona fit", "$toMinor(5, 'isk')", "500");
    row("a half krona does not", "$toMinor(5.5, 'isk')", "!X1018");
    row("a half shilling of Uganda does not", "$toMinor(-5.5, 'UGX')", "!X1018");
    row("ten fils fit", "$toMinor(1.09, 'KWD')", "1090");
    row("one fils does not", "$toMinor(1.099, 'KWD')", "!X1018");
    row("an amount in a text", "$toMinor('1', 'USD')", "!X1010");
    row("a currency without minimum charge is one", "$toMajor(100, 'egp')", "1");
}

/// amount * to / from in 128-bit integers, half away from zero: another way to the same number.
void TestOwnFunctions::convertsAsWideArithmeticDoes()
{
    __extension__ typedef __int128 Wide;
    Random random(4711);
    for (int i = 0; i < 2000; ++i) {
        const auto cents = static_cast<std::int64_t>(random.below(2'000'000'000)) - 1'000'000'000;
        const auto from = static_cast<std::int64_t>(random.below(3'000'000) + 1); // 1e-4 units
        const auto to = static_cast<std::int64_t>(random.below(3'000'000) + 1);
        const Wide size = static_cast<Wide>(cents < 0 ? -cents : cents) * to;
        Wide wanted = (size * 2 + from) / (static_cast<Wide>(from) * 2);
        wanted = cents < 0 ? -wanted : wanted;
        const auto decimal = [](std::int64_t units, int scale) {
            return toQString(Decimal(units, scale).toString());
        };
        const QString text = QStringLiteral("$convertCurrency(%1, 'USD', 'EUR', {'USD': %2, "
                                            "'EUR': %3}) = %4")
                                 .arg(decimal(cents, 2), decimal(from, 4), decimal(to, 4),
                                      decimal(static_cast<std::int64_t>(wanted), 2));
        QVERIFY2(outcome(text) == QStringLiteral("true"), qPrintable(text));
    }
}

void TestOwnFunctions::roundsHalfUp_data()
{
    columns();
    row("the classic", "$roundHalfUp(1.005, 2)", "1.01");
    row("two and a half", "$roundHalfUp(2.5)", "3");
    row("minus two and a half", "$roundHalfUp(-2.5)", "-3");
    row("null decimals", "$roundHalfUp(2.5, null)", "3");
    row("missing decimals", "$roundHalfUp(2.5, nothing)", "3");
    row("decimals that are text", "$roundHalfUp(2.5, \"1\")", "!T0410");
    row("below a half", "$roundHalfUp(2.4999999999999996)", "2");
    row("no decimals to cut", "$roundHalfUp(1.5, 3)", "1.5");
    row("a carry through nines", "$roundHalfUp(9.995, 2)", "10");
    row("a carry into a new digit", "$roundHalfUp(0.96, 1)", "1");
    row("hundreds", "$roundHalfUp(1250, -2)", "1300");
    row("more than the whole number", "$roundHalfUp(4999, -4)", "0");
    row("half of more than the whole number", "$roundHalfUp(5000, -4)", "10000");
    row("far below", "$roundHalfUp(0.0004, 2)", "0");
    row("just at the edge", "$roundHalfUp(0.005, 2)", "0.01");
    row("minus nothing is nothing", "$roundHalfUp(-0.001, 2)", "0");
    row("the smallest double", "$roundHalfUp(5e-324, 2)", "0");
    row("the largest double", "$roundHalfUp(1.7976931348623157e308, 2)", "1.7976931348623157e+308");
    row("a large integer stays exact", "$roundHalfUp($parseJson('12345678901234567895'), -1)",
        "12345678901234567900");
    row("thirty digits stay exact",
        "$roundHalfUp($parseJson('1234567890123456789012345678.125'), 2)",
        "1234567890123456789012345678.13");
    row("a text is no number", "$roundHalfUp('1.5')", "!X1015");
    row("half a decimal", "$roundHalfUp(1.55, 0.5)", "!X1015");
    row("too many decimals", "$roundHalfUp(1.55, 1e9)", "!X1015");
}

void TestOwnFunctions::datesFollowTheZone_data()
{
    columns();
    row("without a zone UTC decides", "$sfDate(1790894096)", "\"2026-10-01\"");
    row("Berlin is ahead", "$sfDate(1790894096, 'Europe/Berlin')", "\"2026-10-02\"");
    row("New York is behind", "$sfDate(1790820000, 'America/New_York')", "\"2026-09-30\"");
    row("summer time has an hour more", "$sfDate(1782856800, 'Europe/Berlin')", "\"2026-07-01\"");
    row("winter time has an hour less", "$sfDate(1798757999, 'Europe/Berlin')", "\"2026-12-31\"");
    row("an offset", "$sfDate(1790894096, '+02:00')", "\"2026-10-02\"");
    row("a negative offset", "$sfDate(1790820000, '-05:00')", "\"2026-09-30\"");
    row("no such zone", "$sfDate(1790894096, 'Europe/Atlantis')", "!X1016");
    row("a city alone is no zone", "$sfDate(1790894096, 'Berlin')", "!X1016");
    row("an invented zone", "$sfDate(1790894096, 'Foo')", "!X1016");
    row("a foreign abbreviation", "$sfDate(1790894096, 'MESZ')", "!X1016");
    row("a rule of POSIX", "$sfDate(1790894096, 'Berlin-05')", "!X1016");
    row("a rule of POSIX with a slash", "$sfDate(1790894096, 'CET-1CEST,M3.5.0/2,M10.5.0')",
        "!X1016");
    row("a path", "$sfDate(1790894096, '../zoneinfo/Europe/Berlin')", "!X1016");
    row("an empty zone", "$sfDate(1790894096, '')", "!X1016");
    row("a zone that is a number", "$sfDate(1790894096, 2)", "!X1016");
    row("an offset of a day", "$sfDate(1790894096, '+24:00')", "!X1016");
    row("UTC by name", "$sfDate(1790894096, 'UTC')", "\"2026-10-01\"");
    row("UTC by its letter", "$sfDate(1790894096, 'Z')", "\"2026-10-01\"");
    row("an offset without colon", "$sfDate(1790894096, '+0200')", "\"2026-10-02\"");
    row("an offset from UTC", "$sfDate(1790894096, 'UTC+2')", "\"2026-10-02\"");
    row("an old name", "$sfDate(1790820000, 'US/Pacific')", "\"2026-09-30\"");
    row("$fromMillis takes names too",
        "$fromMillis(1790894096000, '[Y]-[M01]-[D01] [H01]:[m01] [Z]', 'Europe/Berlin')",
        "\"2026-10-02 00:34 +02:00\"");
    row("and half hours", "$fromMillis(0, '[H01]:[m01]', 'Asia/Kolkata')", "\"05:30\"");
    row("behind UTC as well", "$fromMillis(0, '[H01]:[m01][Z]', 'America/St_Johns')",
        "\"20:30-03:30\"");
    row("and offsets", "$fromMillis(0, '[H01]:[m01]', '-0330')", "\"20:30\"");
    row("but no other words", "$fromMillis(0, '[H01]:[m01]', 'Berlin')", "!X1016");
    row("nor none", "$now('[H01]:[m01]', '')", "!X1016");
    row("a zone that is null is not guessed", "$sfDate(1790894096, null)", "!X1016");
    row("nor one that is missing", "$sfDate(1790894096, missing)", "!X1016");
    row("nor behind a chain", "1790894096 ~> $sfDate(missing)", "!X1016");
    row("unless the time is missing too", "$sfDate(missing, missing)", "nothing");
    row("a zone cannot leave the calendar", "$sfDate(253402300799, '+02:00')", "!X1012");
}

void TestOwnFunctions::normalizesEmails_data()
{
    columns();
    row("letters", "Dana@Example.COM", "\"dana@example.com\"");
    row("blanks around", " \t dana@example.com \n", "\"dana@example.com\"");
    row("a display name", "Dana Okafor <Dana@example.com>", "\"dana@example.com\"");
    row("a quoted display name with a bracket", "\"D <x>\" <dana@example.com>",
        "\"dana@example.com\"");
    row("brackets alone", "<dana@example.com>", "\"dana@example.com\"");
    row("a link", "mailto:dana@example.com", "\"dana@example.com\"");
    row("tags are another mailbox", "dana+news@example.com", "\"dana+news@example.com\"");
    row("dots are another mailbox", "d.ana@gmail.com", "\"d.ana@gmail.com\"");
    row("a domain of its own script", "info@B\u00DCCHER.example", "\"info@b\u00FCcher.example\"");
    row("composed and decomposed are one", "info@bu\u0308cher.example",
        "\"info@b\u00FCcher.example\"");
    row("full width letters", "\uFF44ana@example.com", "\"dana@example.com\"");
    row("invisible characters", "da\u200Bna@exa\u00ADmple.com\uFEFF", "\"dana@example.com\"");
    row("no-break spaces", "\u00A0dana@example.com\u00A0", "\"dana@example.com\"");
    row("empty", "", "nothing");
    row("blanks alone", "   ", "nothing");
    row("not given", "n/a", "nothing");
    row("no host", "dana@", "nothing");
    row("no person", "@example.com", "nothing");
    row("a bare host", "dana@localhost", "nothing");
    row("an address by number", "dana@127.0.0.1", "nothing");
    row("two addresses", "a@example.com, b@example.com", "nothing");
    row("two at signs", "a@b@example.com", "nothing");
    row("a blank inside", "da na@example.com", "nothing");
    row("two dots", "da..na@example.com", "nothing");
    row("a dot at the edge", ".dana@example.com", "nothing");
    row("a domain with an empty label", "dana@example..com", "nothing");
    row("a label with a dash at the edge", "dana@-example.com", "nothing");
    row("a line break inside", "dana@example.com\nBcc: x@example.com", "nothing");
    row("a bracket that does not close", "Dana <dana@example.com", "nothing");
    row("text behind the bracket", "<dana@example.com> or so", "nothing");
    row("a right-to-left override", "dana\u202E@example.com", "\"dana@example.com\"");
    row("emoji are no address", "\U0001F600@example.com", "nothing");
}

void TestOwnFunctions::normalizesNames_data()
{
    columns();
    row("letters and blanks", "  Dana   OKAFOR ", "\"dana okafor\"");
    row("diacritics", "Jos\u00E9 N\u00FA\u00F1ez", "\"jose nunez\"");
    row("decomposed diacritics", "Jose\u0301 Nu\u0301n\u0303ez", "\"jose nunez\"");
    row("an apostrophe joins", "O'Brien", "\"obrien\"");
    row("a typographic apostrophe joins", "O\u2019Brien", "\"obrien\"");
    row("an acute accent as apostrophe joins", "O\u00B4Brien", "\"obrien\"");
    row("a modifier letter as apostrophe joins", "Hawai\u02BBi", "\"hawaii\"");
    row("a hyphen parts", "M\u00FCller-L\u00FCdenscheidt", "\"muller ludenscheidt\"");
    row("a dash parts", "M\u00FCller\u2013L\u00FCdenscheidt", "\"muller ludenscheidt\"");
    row("full stops part", "Dr.J.R. Smith,Jr.", "\"dr j r smith jr\"");
    row("sharp s", "Stra\u00DFe STRASSE \u1E9E", "\"strasse strasse ss\"");
    row("letters with a stroke", "\u00D8rsted \u0141ukasz \u0110\u1EB7ng",
        "\"orsted lukasz dang\"");
    row("ligatures", "\u00C6sir \u0153uvre \uFB01n", "\"aesir oeuvre fin\"");
    row("Turkish dotted and dotless i", "\u0130zmir I\u015F\u0131k", "\"izmir isik\"");
    row("Greek with final sigma", "\u039F\u03B4\u03C5\u03C3\u03C3\u03AD\u03B1\u03C2",
        "\"\u03BF\u03B4\u03C5\u03C3\u03C3\u03B5\u03B1\u03C3\"");
    row("Cyrillic", "\u0410\u043D\u043D\u0430 \u0401\u043B\u043A\u0438\u043D\u0430",
        "\"\u0430\u043D\u043D\u0430 \u0435\u043B\u043A\u0438\u043D\u0430\"");
    row("Japanese voicing stays", "\u304C\u304E", "\"\u304C\u304E\"");
    row("half width katakana", "\uFF76\uFF9E", "\"\u30AC\"");
    row("Hangul stays whole", "\uAE40\uBBFC\uC900", "\"\uAE40\uBBFC\uC900\"");
    row("decomposed Hangul is whole again", "\u1100\u1175\u11B7", "\"\uAE40\"");
    row("Devanagari vowels stay", "\u0915\u093F\u0930\u0923", "\"\u0915\u093F\u0930\u0923\"");
    row("Arabic points go", "\u0645\u064F\u062D\u064E\u0645\u0651\u064E\u062F",
        "\"\u0645\u062D\u0645\u062F\"");
    row("full width letters", "\uFF24\uFF41\uFF4E\uFF41", "\"dana\"");
    row("symbols part", "Smith & Sons\u2122 \u20AC+Co", "\"smith sonstm co\"");
    row("emoji part", "Dana\U0001F600Okafor", "\"dana okafor\"");
    row("invisible characters go", "Da\u200Dna\uFEFF \u202EOka\u00ADfor", "\"dana okafor\"");
    row("control characters part", "Dana\u0007Okafor\r\nX", "\"dana okafor x\"");
    row("a tower of marks", "Z\u0351\u036B\u0343\u036A\u0302\u036Ba\u0334\u0321\u030A", "\"za\"");
    row("digits stay", "7-Eleven 24", "\"7 eleven 24\"");
    row("nothing left", "--- !!! ---", "nothing");
    row("marks alone", "\u0301\u0301\u0301", "nothing");
    row("empty", "", "nothing");
}

void TestOwnFunctions::normalizesPhones_data()
{
    QTest::addColumn<QString>("country");
    columns();
    const auto phone = [](const char *name, const char *country, const char *text,
                          const char *result) {
        QTest::newRow(name) << QString::fromUtf8(country) << QString::fromUtf8(text)
                            << QString::fromUtf8(result);
    };
    phone("international already", "", "+49 30 1234567", "\"+49301234567\"");
    phone("the country does not matter then", "US", "+49 (30) 123-4567", "\"+49301234567\"");
    phone("an exit code", "DE", "0044 20 7946 0958", "\"+442079460958\"");
    phone("an exit code without a country", "", "0044 20 7946 0958", "\"+442079460958\"");
    phone("the American exit code", "US", "011 44 20 7946 0958", "\"+442079460958\"");
    phone("the Japanese exit code", "JP", "010 44 20 7946 0958", "\"+442079460958\"");
    phone("a national number in Germany", "DE", "030 / 123 45-67", "\"+49301234567\"");
    phone("small letters for the country", "de", "030 1234567", "\"+49301234567\"");
    phone("a zero in brackets", "", "+49 (0)30 1234567", "\"+49301234567\"");
    phone("a zero that should not be there", "", "+33 06 12 34 56 78", "\"+33612345678\"");
    phone("France", "FR", "06.12.34.56.78", "\"+33612345678\"");
    phone("France without the zero that a table lost", "FR", "612345678", "\"+33612345678\"");
    phone("Britain", "GB", "(020) 7946 0958", "\"+442079460958\"");
    phone("Britain by its habit", "UK", "07700 900123", "\"+447700900123\"");
    phone("Italy keeps its zero", "IT", "06 6982 1234", "\"+390669821234\"");
    phone("Italy keeps its zero abroad", "", "+39 06 6982 1234", "\"+390669821234\"");
    phone("Spain has no prefix", "ES", "612 34 56 78", "\"+34612345678\"");
    phone("Hungary has a long prefix", "HU", "06 1 234 5678", "\"+3612345678\"");
    phone("Russia", "RU", "8 (912) 345-67-89", "\"+79123456789\"");
    phone("Lithuania, old prefix", "LT", "8 612 34567", "\"+37061234567\"");
    phone("Lithuania, new prefix", "LT", "0 612 34567", "\"+37061234567\"");
    phone("America", "US", "(202) 555-0177", "\"+12025550177\"");
    phone("America with its 1", "US", "1-202-555-0177", "\"+12025550177\"");
    phone("a mobile in China", "CN", "138 1234 5678", "\"+8613812345678\"");
    phone("Brazil", "BR", "(0 11) 91234-5678", "\"+5511912345678\"");
    phone("Brazil without its zero", "BR", "(11) 91234-5678", "\"+5511912345678\"");
    phone("Brazil, digits alone", "BR", "11987654321", "\"+5511987654321\"");
    phone("a local number in Brazil", "BR", "91234-5678", "nothing");
    phone("Argentina", "AR", "11 1234-5678", "\"+541112345678\"");
    phone("a mobile in Argentina", "AR", "011 15-1234-5678", "\"+5491112345678\"");
    phone("a mobile outside of Buenos Aires", "AR", "0351 15 123-4567", "\"+5493511234567\"");
    phone("a mobile in Argentina from abroad", "", "+54 9 11 1234 5678", "\"+5491112345678\"");
    phone("a local mobile in Argentina", "AR", "15-1234-5678", "nothing");
    phone("a remark behind", "", "+1 415 555 2671 (mobile)", "\"+14155552671\"");
    phone("a word before", "DE", "Tel. 030 1234567", "\"+49301234567\"");
    phone("a word and a colon before", "US", "phone: (202) 555-0177", "\"+12025550177\"");
    phone("a word that means nothing here", "DE", "Foo 030 1234567", "nothing");
    phone("a calling code that nobody has", "", "+999 123 456 789", "nothing");
    phone("a name of a country", "Germany", "030 1234567", "!X1017");
    phone("two letters of no country", "ZZ", "030 1234567", "!X1017");
    phone("a country that the table does not know", "GL", "+299 32 10 00", "\"+299321000\"");
    phone("an extension", "US", "202-555-0177 ext. 12", "\"+12025550177\"");
    phone("an extension by x", "US", "202-555-0177x12", "\"+12025550177\"");
    phone("an extension by #", "US", "202-555-0177 #12", "\"+12025550177\"");
    phone("an extension in a link", "", "tel:+1-202-555-0177;ext=12", "\"+12025550177\"");
    phone("a German extension", "DE", "030 1234567 Durchwahl 8", "\"+49301234567\"");
    phone("full width digits", "", "\uFF0B\uFF14\uFF19 \uFF13\uFF10 1234567", "\"+49301234567\"");
    phone("Arabic digits", "AE", "\u0660\u0665\u0660 \u0661\u0662\u0663 \u0664\u0665\u0666\u0667",
          "\"+971501234567\"");
    phone("invisible characters", "", "\u202A+49 30 1234567\u202C", "\"+49301234567\"");
    phone("dashes of all kinds", "US", "202\u2011555\u20130177", "\"+12025550177\"");
    phone("no country", "", "030 1234567", "nothing");
    phone("a national number where the table knows no rule", "GL", "030 1234567", "nothing");
    phone("a local number without its area", "DE", "1234567", "nothing");
    phone("too short", "US", "555-0177", "nothing");
    phone("too long", "", "+49 30 1234567890123456", "nothing");
    phone("an American area code cannot begin with 0", "US", "(012) 555-0177", "nothing");
    phone("no calling code begins with 0", "", "+0 30 1234567", "nothing");
    phone("letters", "US", "1-800-FLOWERS", "nothing");
    phone("two numbers", "US", "202-555-0177 or 202-555-0178", "nothing");
    phone("two plus signs", "", "+49+301234567", "nothing");
    phone("a plus inside", "", "49+301234567", "nothing");
    phone("not given", "DE", "n/a", "nothing");
    phone("empty", "DE", "", "nothing");
    phone("a plus alone", "DE", "+", "nothing");
}

void TestOwnFunctions::normalizesPhones()
{
    QFETCH(QString, country);
    const QString argument = toQString(toJson(Value::string(country.toStdString())));
    compareArgument(QStringLiteral("$normalizePhone($, %1)").arg(argument));
}

void TestOwnFunctions::nothingAndNullPass_data()
{
    columns();
    row("nothing gives nothing",
        "[$convertCurrency(a, 'USD', 'EUR', {}), $roundHalfUp(a), $normalizeEmail(a), "
        "$normalizeName(a), $normalizePhone(a, 'DE'), $sfDate(a, 'Europe/Berlin')]",
        "[]");
    row("null stays null",
        "[$convertCurrency(null, 'USD', 'EUR', {}), $roundHalfUp(null), $normalizeEmail(null), "
        "$normalizeName(null), $normalizePhone(null, 'DE'), $sfDate(null, 'Europe/Berlin')]",
        "[null,null,null,null,null,null]");
    row("the context stands in", "{'a': ' A@B.example '}.a.$normalizeEmail()", "\"a@b.example\"");
    row("a list of names", "['\u00C9a', 'B'].$normalizeName()", "[\"ea\",\"b\"]");
    row("a number is no address", "$normalizeEmail(5)", "!X1017");
    row("a number is no name", "$normalizeName(5)", "!X1017");
    row("a number is no phone number", "$normalizePhone(301234567, 'DE')", "!X1017");
    row("a number is no country", "$normalizePhone('030 1234567', 49)", "!X1017");
    row("null stays null in a table", "$mapValue(null, {'null': 1}, 2)", "null");
    row("null is no JSON text", "$parseJson(null)", "null");
    row("null is no country", "$normalizePhone('030 1234567', null)", "nothing");
}

void TestOwnFunctions::errorsSayWhatIsWrong_data()
{
    columns();
    row("a fraction of a second", "$sfDate(1.5)", "$floor()");
    row("seconds in a text", "$sfDateTime('1790894096')", "$number()");
    row("seconds that are none", "$sfDateTime(true)", "no number");
    row("milliseconds", "$sfDateTime(1790894096000)", "divided by 1000");
    row("an amount in a text", "$toMajor('1099', 'USD')", "$number()");
    row("a decimal amount in a text", "$toMinor('10.99', 'USD')", "$number()");
    row("half a cent", "$toMajor(10.5, 'USD')", "whole amount");
    row("half a krona", "$toMinor(5.5, 'ISK')", "multiples of 100");
}

void TestOwnFunctions::errorsSayWhatIsWrong()
{
    QFETCH(QString, text);
    QFETCH(QString, result);
    const auto compiled = Expression::compile(toUtf8(text));
    QVERIFY(compiled);
    const auto given = compiled->evaluateToDocument(Value::null(), {});
    QVERIFY(!given);
    QVERIFY2(toQString(given.error().message).contains(result), given.error().message.c_str());
}

void TestOwnFunctions::numbersBeyondAllReachNoRecord()
{
    const auto check = [](const char *text) {
        const auto compiled = Expression::compile(text);
        const auto given = compiled->evaluateToDocument(Value::null(), {});
        return checkFinite(given->root());
    };
    const auto endless = check("{'a': {'b': [1, $parseJson('1e999')]}}");
    QVERIFY(!endless);
    QCOMPARE(endless.error().where, std::string("a.b[1]"));
    QVERIFY(check("{'a': $parseJson('123456789012345678901234567890.25')}"));
}

/// What matching needs: however often a value went through, it is the same. Over random Unicode.
void TestOwnFunctions::twiceIsOnce()
{
    Random random(20261122);
    constexpr std::uint64_t kPlanes[] = {0x80, 0x250, 0x2100, 0x3200, 0x10000, 0x20000};
    for (int i = 0; i < 20000; ++i) {
        std::u32string points;
        for (std::uint64_t n = random.below(12) + 1; n > 0; --n) {
            const auto point = static_cast<char32_t>(random.below(kPlanes[random.below(6)]));
            points += point >= 0xD800 && point < 0xE000 ? U'@' : point;
        }
        const std::string text =
            QString::fromUcs4(points.data(), qsizetype(points.size())).toStdString();
        const std::string name = expr::normalizedName(text);
        QCOMPARE(expr::normalizedName(name), name);
        const std::string email = expr::normalizedEmail(text + "@Example.com");
        QCOMPARE(expr::normalizedEmail(email), email);
        const std::string phone = expr::normalizedPhone("+49 30" + text, {});
        QCOMPARE(expr::normalizedPhone(phone, "US"), phone);
    }
}

void TestOwnFunctions::hugeTextsStayWithinTheBudget_data()
{
    columns();
    row("a name", "$normalizeName($pad('', 1000000, '\u00C9'))", "!D2015");
    row("a name that comes apart into many", "$normalizeName($pad('', 1000000, '\uFDFA'))",
        "!D2015");
    row("an address", "$normalizeEmail($pad('', 1000000, 'a') & '@example.com')", "!D2015");
    row("a display name that is too long",
        "$normalizeEmail($pad('', 4000, 'a') & ' <a@b.example>')", "nothing");
    row("a phone number", "$normalizePhone($pad('', 4000, '1'), 'DE')", "nothing");
    row("a name of ten thousand characters is one",
        "$length($normalizeName($pad('', 10000, '\u00C9')))", "10000");
}

void TestOwnFunctions::hugeTextsStayWithinTheBudget()
{
    QFETCH(QString, text);
    QFETCH(QString, result);
    Environment environment;
    environment.budget.bytes = 16u << 20;
    environment.budget.steps = 1'000'000;
    QElapsedTimer timer;
    timer.start();
    QCOMPARE(outcome(text, QStringLiteral("null"), environment), result);
    QVERIFY(timer.elapsed() < 10000);
}

QTEST_APPLESS_MAIN(TestOwnFunctions)
#include "tst_OwnFunctions.moc"
