// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/analysis/Shapes.h"

namespace tw::test {

using Type = Shape::Type;

Shape shape(Shape::Type type, std::string unit)
{
    Shape made;
    made.type = type;
    made.unit = std::move(unit);
    return made;
}

Shape group(std::vector<Shape::Field> fields)
{
    Shape made = shape(Type::Group);
    made.fields = std::move(fields);
    return made;
}

Shape listOfShape(Shape item)
{
    Shape made = shape(Type::List);
    made.item = {std::move(item)};
    return made;
}

Shape choices(std::vector<std::string> words)
{
    Shape made = shape(Type::Choice);
    made.choices = std::move(words);
    return made;
}

Shape textUpTo(int length)
{
    Shape made = shape(Type::Text);
    made.maxLength = length;
    return made;
}

Shape::Field need(std::string name, Shape of)
{
    return {std::move(name), std::move(of), true, true};
}

Shape::Field optional(std::string name, Shape of)
{
    return {std::move(name), std::move(of), false, true};
}

Shape chargeEvent()
{
    const Shape minor = shape(Type::Money, "minor");
    Shape nullableText = shape(Type::Text);
    nullableText.nullable = true;
    Shape card = group({need("brand", shape(Type::Text)), need("last4", textUpTo(4)),
                        need("exp_month", shape(Type::Integer))});
    card.nullable = true;
    const Shape line =
        group({need("amount", minor), need("currency", shape(Type::Currency, "lower")),
               need("description", shape(Type::Text)), need("quantity", shape(Type::Integer)),
               need("period", group({need("start", shape(Type::Instant, "unix_seconds"))}))});
    const Shape charge = group({
        need("id", shape(Type::Id)),
        need("amount", minor),
        need("amount_refunded", minor),
        need("currency", shape(Type::Currency, "lower")),
        need("presentment_amount", minor),
        need("presentment_currency", shape(Type::Currency, "lower")),
        need("created", shape(Type::Instant, "unix_seconds")),
        need("status", choices({"succeeded", "pending", "failed"})),
        need("livemode", shape(Type::Boolean)),
        need("description", textUpTo(500)),
        need("failure_message", nullableText),
        optional("receipt_email", shape(Type::Email)),
        need("tags", listOfShape(shape(Type::Text))),
        need("metadata", group({need("salesforce_account_id", shape(Type::Text))})),
        need("card", card),
        need("lines", group({need("data", listOfShape(line))})),
        need("total_eur", shape(Type::Money, "major")),
        need("booked_at", shape(Type::Instant, "iso8601")),
    });
    return group({need("id", shape(Type::Id)), need("type", shape(Type::Text)),
                  need("created", shape(Type::Instant, "unix_seconds")),
                  need("data", group({need("object", charge)}))});
}

} // namespace tw::test
