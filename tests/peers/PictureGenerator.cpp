// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/peers/ExpressionGenerator.h"

namespace tw::test {

std::string ExpressionGenerator::regexAtom(int depth)
{
    switch (below(depth > 0 ? 10 : 7)) {
    case 0:
        return pick({"\\w", "\\d", "\\s", "\\S", "\\W", "\\D", "\\b", "\\.", "\\/", "\\u0061",
                     "\\x61", "\\t", "\\-", "\\B"});
    case 1:
        return pick({"[a-z]", "[^a]", "[A-Z0-9]", "[\\d.]", "[abc]", "[ ,]", "[^\\s]", "[\\w-]",
                     "[]", "[[]"});
    case 2:
        return ".";
    case 3:
        return pick({"^", "$"});
    case 4:
    case 5:
    case 6:
        return pick(
            {"a", "b", "c", "l", "o", "1", " ", ",", "ab", "\xC3\xA9", "H", "\xF0\x9F\x98\x80"});
    case 7:
        return "(" + regexAtom(depth - 1) + regexAtom(depth - 1) + ")";
    case 8:
        return "(?:" + regexAtom(depth - 1) + "|" + regexAtom(depth - 1) + ")";
    default:
        return "(" + regexAtom(depth - 1) + "|" + regexAtom(depth - 1) + ")" + pick({"", "?", "+"});
    }
}

std::string ExpressionGenerator::regex()
{
    std::string out = "/";
    for (std::size_t i = 1 + below(3); i-- > 0;) {
        out += regexAtom(1);
        if (chance(30))
            out += pick({"+", "*", "?", "{2}", "{1,2}", "{2,}", "+?", "*?", "??"});
    }
    return out + "/" + pick({"", "", "i", "m", "im"});
}

std::string ExpressionGenerator::datePicture()
{
    if (chance(8))
        return pick({"''", "'[Y'", "'Y]'", "'[[Y]]'", "'[Q]'", "'[]'", "'[Yn]'", "'[[[Y]]]'",
                     "'[YN]'", "'[ Y 0001 ]'", "'x'", "'[HN]'", "'[M'"});
    std::string out = "'";
    for (std::size_t i = 1 + below(5); i-- > 0;) {
        out += "[" + pick({"Y", "M", "D", "d", "F", "W", "w", "X", "x", "H", "h", "P", "m",
                           "s", "f", "Z", "z", "C", "E", "Y", "M", "D", "H", "m", "s"});
        if (chance(70))
            out += pick({"1",     "01",
                         "001",   "0001",
                         "N",     "n",
                         "Nn",    "I",
                         "i",     "A",
                         "a",     "w",
                         "W",     "Ww",
                         "#1",    "9",
                         "0",     "#,##0",
                         "01:01", "0101",
                         "1:1",   "01:01t",
                         "0101t", "00",
                         "*",     "\xD9\xA0\xD9\xA1",
                         "1,2",   "wo",
                         "Wwo",   "1o",
                         "01o",   "Io"});
        if (chance(10))
            out += pick({"t", "c", "a"});
        if (chance(20))
            out += "," + pick({"2", "3-3", "*-3", "2-2", "4", "*-2", "2-*", "*", "1-1", "4-4"});
        out += "]" + pick({"", "-", "/", " ", ":", ".", "T", ", ", " of ", "[[", "]]"});
    }
    return out + "'";
}

std::string ExpressionGenerator::dateText()
{
    return pick({"'2018-03-27'",
                 "'2018-03-27T14:03:00.123Z'",
                 "'2018'",
                 "'2018-02'",
                 "'2018-13-01'",
                 "'2018-02-30'",
                 "'2018-03-27T14:03'",
                 "'2018-03-27T14:03:00+01:00'",
                 "'2018-03-27T14:03:00-0530'",
                 "'2018-03-27T14:03:00+0100'",
                 "'2018-03-27 14:03:00'",
                 "'foo'",
                 "''",
                 "'27 March 2018'",
                 "'12/25/2017'",
                 "'3 pm'",
                 "'1999-12-31T23:59:59.999Z'",
                 "'twenty-seventh'",
                 "'MMXVIII'",
                 "'2018-086'",
                 "'Tuesday, 27 March 2018'",
                 "'20180327'",
                 "'18'",
                 "'12:30 AM'",
                 "'2018-03-27T24:00:00Z'",
                 "'1970-01-01T00:00:00.001Z'",
                 "'-0001-01-01'",
                 "'+002018-03-27T00:00:00Z'",
                 "'10000-01-01'",
                 "'27th'",
                 "'5'",
                 "'2018-03-27Z'",
                 "'2018-3-7'",
                 "'14:03'",
                 "'2018-03-27T14:03:00.1234Z'",
                 "'2018-03-27T14:03:00.1Z'"});
}

std::string ExpressionGenerator::numberPicture()
{
    if (chance(8))
        return pick({"''", "'0;0;0'", "'0.0.0'", "'0%%'", "'0%\\u2030'", "'abc'", "'#,'", "'0,,0'",
                     "'0#'", "'0.#0'", "'0e%'", "'0e'", "',0'", "'0,.0'", "'#e0'", "'.'", "'.e0'",
                     "'#.e0'", "'0e#'"});
    std::string out = "'" + pick({"", "", "", "$", "-", "x ", "USD "});
    for (std::size_t parts = chance(15) ? 2 : 1; parts > 0; --parts) {
        out += pick({"0", "#", "#0", "00", "#,##0", "000", "#,###", "##", "", "9", "###,##0"});
        if (chance(60))
            out += "." + pick({"0", "00", "#", "0#", "0##", "##", "", "000", "#######"});
        if (chance(15))
            out += pick({"e0", "e00", "e000"});
        if (chance(15))
            out += pick({"%", "\xE2\x80\xB0", " EUR", "x", "-"});
        if (parts == 2)
            out += ";" + pick({"(", "-", "", "neg "});
    }
    return out + "'";
}

std::string ExpressionGenerator::numberOptions()
{
    return pick({"{}", "{'decimal-separator':',','grouping-separator':'.'}",
                 "{'zero-digit':'\\u0660'}", "{'minus-sign':'~'}", "{'percent':'pc'}",
                 "{'per-mille':'pm'}", "{'exponent-separator':'E'}", "{'pattern-separator':'|'}",
                 "{'digit':'@'}", "{'infinity':'inf'}", "{'NaN':'nope'}", "{'zero-digit':'a'}",
                 "{'decimal-separator':'!'}", "{'unknown':'x'}"});
}

std::string ExpressionGenerator::integerPicture()
{
    return pick({"'1'",         "'0'",        "'01'",
                 "'001'",       "'#1'",       "'#,##0'",
                 "'#,###,##0'", "'##,##0'",   "'#:#1'",
                 "'I'",         "'i'",        "'A'",
                 "'a'",         "'w'",        "'W'",
                 "'Ww'",        "'w;o'",      "'W;o'",
                 "'Ww;o'",      "'1;o'",      "'01;o'",
                 "'1;e'",       "'1;c'",      "'1;t'",
                 "'i;o'",       "'\\u0661'",  "'\\u0660\\u0661'",
                 "''",          "'#'",        "'x'",
                 "'#1,1'",      "'1,'",       "'*'",
                 "'\\u2460'",   "'1;o(-en)'", "'0#'",
                 "'a;o'",       "'\\u0391'",  "'000,000'",
                 "'#0'",        "';o'",       "'#.##0'",
                 "'0 000'",     "'1;z'"});
}

std::string ExpressionGenerator::pictureCall()
{
    switch (below(10)) {
    case 0:
    case 1:
        return "$fromMillis(" + argument('m', 0) + ", " + datePicture() +
               (chance(35) ? ", " + argument('z', 0) : "") + ")";
    case 2: {
        const std::string picture = datePicture();
        if (chance(60)) // there and back
            return "$toMillis($fromMillis(" + argument('m', 0) + ", " + picture + "), " + picture +
                   ")";
        return "$toMillis(" + dateText() + ", " + picture + ")";
    }
    case 3:
        return "$toMillis(" + dateText() + ")";
    case 4:
    case 5:
        return "$formatNumber(" +
               (chance(70) ? pick({"0",         "1234.5678", "-12.5",  "0.005", "1e10",
                                   "123456789", "-0.4",      "0.5",    "1.5",   "12345678901234",
                                   "1e-5",      "99.995",    "0.1234", "1e300", "1e-300",
                                   "100",       "-1e21",     "1e21",   "2.5",   "0.000123",
                                   "9.9999"})
                           : number(1)) +
               ", " + numberPicture() + (chance(20) ? ", " + numberOptions() : "") + ")";
    case 6:
    case 7:
        return "$formatInteger(" + argument('i', 0) + ", " + integerPicture() + ")";
    case 8: {
        const std::string picture = integerPicture();
        return "$parseInteger($formatInteger(" + argument('i', 0) + ", " + picture + "), " +
               (chance(80) ? picture : integerPicture()) + ")";
    }
    default:
        return chance(50) ? "$formatBase(" + number(1) + ", " +
                                pick({"2", "8", "16", "36", "10", "1", "37", "2.5", "7"}) + ")"
               : chance(50)
                   ? "$number(" +
                         pick({"'1'",     "'1e5'",      "'0x1F'", "'0b101'",
                               "'0o17'",  "'.5'",       "'5.'",   "' 1'",
                               "'1e400'", "'-0'",       "'+1'",   "'1e-400'",
                               "'00'",    "'Infinity'", "''",     "'0X1f'",
                               "'1_000'", "'-0x1'",     "'0b2'",  "'1e'",
                               "true",    "null",       "[1]",    "'12345678901234567890'"}) +
                         ")"
                   : "$string(" +
                         pick({"1e21",
                               "1e-7",
                               "123456789012345678",
                               "0.1+0.2",
                               "1/3",
                               "1e15",
                               "1e16",
                               "123456.789e3",
                               "1.5e300",
                               "5e-324",
                               "100/3",
                               "2/3*1e20",
                               "1e5/3",
                               "[1e-7, 1/3]",
                               "22/7*1e-9",
                               "0.000001",
                               "1234567890.123456789",
                               "4.35*100",
                               "1.005*1000",
                               "{'a':1/3}"}) +
                         ")";
    }
}

std::span<const std::string_view> sampleDocuments()
{
    static constexpr std::string_view kDocuments[] = {
        "",
        R"({"a":{"b":[{"c":1,"d":"x"},{"c":2,"d":"y"},{"c":[3,4]}],"n":null},
 "items":[{"id":3,"name":"pear","price":1.5,"tags":["p","q"]},
  {"id":1,"name":"apple","price":10,"tags":[]},
  {"id":2,"name":"fig","price":2.25,"tags":["q"],"a":{"b":5}}],
 "s":"Hello World","n":42,"t":true,"f":false,"z":null,"e":[],"o":{},"neg":-3.7,
 "nested":[[1,2],[3,[4,5]],[]],"deep":{"a":{"a":{"b":7}}},"x":[{"a":[{"b":1},{"b":[2,3]}]},{"a":{"b":4}}],
 "loans":[{"customer":"c1","isbn":"i1"},{"customer":"c2","isbn":"i2"},{"customer":"c1","isbn":"i2"}],
 "books":[{"isbn":"i1","title":"One"},{"isbn":"i2","title":"Two"},{"isbn":"i3","title":"Three"}],
 "customers":[{"id":"c1","name":"Ann"},{"id":"c2","name":"Bob"}]})",
        R"([{"a":1,"b":[1,2],"name":"q"},{"a":2,"b":[3],"price":7},{"a":null},{"b":[]},5,"str",
 [{"a":9}],null,true])",
        R"({"2":"two","1":"one","b":"bee","10":[1,2],"a":{"1":1,"b":[{"c":5}]}," ":"space","":"empty","a b":"q",
 "😀":"smile","s":"😀é","n":1e300,"tiny":1e-300,"neg":-3.7,
 "items":[[[]],[[1]],{"name":"solo","price":0.1,"id":0}],"nested":[[[[]]]],"e":[[]],"deep":[],"01":1,"-1":2})",
        R"([[{"a":{"b":1}},{"a":{"b":2}}],[{"a":[{"b":3},{"b":4}]}]])",
        R"({"items":{"id":1,"name":"one","price":3,"tags":"t"},"a":{"b":{"c":{"d":1}}},"nested":[1],"n":0,"s":"","e":null})",
        "5",
        "\"text\"",
        "null",
        "[]",
    };
    return kDocuments;
}

} // namespace tw::test
