// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/peers/ExpressionGenerator.h"

namespace tw::test {

std::string ExpressionGenerator::predicate(int depth)
{
    switch (below(9)) {
    case 0:
        return "[" + number(0) + "]";
    case 1:
        return "[" + pick({"0", "-1", "1", "-2", "0.9", "-0.5", "5", "1.9", "-1.1"}) + "]";
    case 2:
        return "[[" + number(0) + "," + pick({"0", "-1", "1.5", "9", "1..2"}) + "]]";
    case 3:
        return "[" + truth(depth - 1) + "]";
    case 4:
        return "[]";
    case 5:
        return "[$ " + pick({"> 1", "= 'a'", "!= null", "< 3"}) + "]";
    case 6:
        return "[" +
               pick({"price > 2", "id = 1", "name = 'fig'", "c", "tags", "a", "'q' in tags"}) + "]";
    default:
        return "[" + any(depth - 1) + "]";
    }
}

std::string ExpressionGenerator::step(int depth)
{
    std::string out;
    switch (below(depth > 0 ? 16 : 9)) {
    case 0:
        out = "*";
        break;
    case 1:
        out = chance(40) ? "**" : "`a b`";
        break;
    case 2:
        out = chance(50) ? "%" : "%.%";
        break;
    case 3:
        out = pick({"\"a\"", "'items'", "$", "tags", "deep", "'2'", "`1`"});
        break;
    case 9:
        out = "(" + any(depth - 1) + ")";
        break;
    case 10:
        out = object(depth - 1);
        break;
    case 11:
        out = "[" + any(depth - 1) + (chance(30) ? "," + any(depth - 1) : "") + "]";
        break;
    case 12:
        out = pick({"$string()",
                    "$keys()",
                    "$sum($)",
                    "$uppercase()",
                    "$type($)",
                    "$count($)",
                    "$string(c)",
                    "$length()",
                    "$abs()",
                    "$number()",
                    "$not()",
                    "$spread()",
                    "$substring(1)",
                    "$lookup('a')",
                    "$contains('a')",
                    "$boolean()",
                    "$each(function($v,$k){$k})",
                    "$sift(function($v){$v})",
                    "$exists(a)",
                    "$merge($)",
                    "$match(/./)"});
        break;
    case 13:
        out = call(depth - 1);
        break;
    default:
        out = pick({"a", "b", "c", "d", "items", "id", "name", "price", "tags", "n", "s", "o", "e",
                    "nested", "deep", "z", "x"});
    }
    for (unsigned percent = 28; chance(percent); percent /= 2)
        out += predicate(depth);
    if (depth > 0 && chance(8))
        out += "^(" + pick({"", "<", ">"}) +
               pick({"price", "id", "name", "$", "a", "c", "tags", "price, >name", "$string($)",
                     "z"}) +
               ")";
    if (chance(4))
        out += "@$" + pick({"v", "w"});
    if (chance(5))
        out += "#$" + pick({"i", "j"});
    if (depth > 0 && chance(4))
        out += "{" + pick({"name", "id", "'k'", "$string($)", "$type($)", "d", "missing"}) + ": " +
               any(depth - 1) + "}";
    return out;
}

std::string ExpressionGenerator::path(int depth)
{
    std::string out = chance(55) ? pick({"items", "a.b", "a", "nested", "$", "deep", "$$", "e", "o",
                                         "$list", "$$.items"})
                                 : step(depth);
    for (std::size_t i = 1 + below(3); i-- > 0;)
        out += "." + step(depth);
    if (chance(10))
        out += predicate(depth);
    if (chance(6))
        out += "{" + pick({"name", "$string(id)", "'k'"}) + ": " +
               pick({"price", "$", "$count($)", "[id]", "$sum(price)"}) + "}";
    return out;
}

std::string ExpressionGenerator::join(int depth)
{
    std::string out = pick({"items", "loans@$l", "books", "loans#$i", "items#$i", "a.b@$x",
                            "books@$b", "nested", "customers", "$.books", "loans", "a.b",
                            "loans@$l#$i", "items[price>1]", "items^(price)"});
    const std::string links[] = {".books@$b[$l.isbn=$b.isbn]",
                                 ".customers@$c[$l.customer=$c.id]",
                                 ".tags#$j",
                                 ".tags",
                                 "[isbn='i1']",
                                 "^(>isbn)",
                                 "^(price,>name)",
                                 "[0]",
                                 "[-1]",
                                 ".$",
                                 ".books",
                                 ".loans@$l",
                                 "#$k",
                                 "[]",
                                 ".customers",
                                 ".b#$j",
                                 ".c",
                                 ".*",
                                 "[$i=1]",
                                 "[$i<2]",
                                 "@$m",
                                 ".%",
                                 ".(%)",
                                 ".%.%",
                                 ".($)",
                                 "[%.n=42]",
                                 ".$#$p"};
    for (std::size_t i = below(4); i-- > 0;)
        out += links[below(std::size(links))];
    switch (below(7)) {
    case 0:
        return out + ".{'t': $b.title, 'c': $c.name, 'i': $i, 'j': $j}";
    case 1:
        return out + ".[$i, $j, $k, $]";
    case 2:
        return out + "{" + pick({"$l.customer", "isbn", "$string($i)", "%.name", "title", "name"}) +
               ": " + pick({"$b.title", "$", "$i", "[$]", "$count($)", "{'a':$i}", "%.n", "$l"}) +
               "}";
    case 3:
        return out + ".(" +
               pick({"$i", "%.id", "%.%.n", "$b.title", "%", "$l.isbn", "{'p':%.name}", "$k",
                     "$$.n", "%.*"}) +
               ")";
    case 4:
        return out + "[" + any(depth - 1) + "]";
    case 5:
        return "$count(" + out + ")";
    default:
        return out;
    }
}

std::string ExpressionGenerator::block(int depth)
{
    std::string out = "(";
    for (std::size_t i = below(3); i-- > 0;) {
        out += pick({"$x", "$y", "$v", "$f"}) + " := " +
               (chance(40) ? function(depth - 1, 1 + static_cast<int>(below(2))) : any(depth - 1)) +
               "; ";
    }
    switch (below(6)) {
    case 0:
        return out + "$f(" + any(depth - 1) + (chance(30) ? "," + any(depth - 1) : "") + "))";
    case 1:
        return out + "[$x, $y])";
    case 2:
        return out + "($f ~> $v)(" + any(depth - 1) + "))";
    case 3:
        return out + "$f(?" + (chance(40) ? "," + any(depth - 1) : "") + ")(" + any(depth - 1) +
               "))";
    case 4:
        return out + "$x ~> $f" + (chance(40) ? "()" : "") + ")";
    default:
        return out + any(depth - 1) + (chance(10) ? ";" : "") + ")";
    }
}

} // namespace tw::test
