// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/expr/Functions.h"

/// The code behind every entry of the function table; what each does stands there.
namespace tw::expr::fn {

Value string(Call &call);
Value substring(Call &call);
Value substringBefore(Call &call);
Value substringAfter(Call &call);
Value lowercase(Call &call);
Value uppercase(Call &call);
Value length(Call &call);
Value trim(Call &call);
Value pad(Call &call);
Value join(Call &call);
Value base64encode(Call &call);
Value base64decode(Call &call);

Value match(Call &call);
Value contains(Call &call);
Value replace(Call &call);
Value split(Call &call);

Value encodeUrl(Call &call);
Value encodeUrlComponent(Call &call);
Value decodeUrl(Call &call);
Value decodeUrlComponent(Call &call);

Value number(Call &call);
Value abs(Call &call);
Value floor(Call &call);
Value ceil(Call &call);
Value round(Call &call);
Value sqrt(Call &call);
Value power(Call &call);
Value random(Call &call);
Value sum(Call &call);
Value max(Call &call);
Value min(Call &call);
Value average(Call &call);
Value formatBase(Call &call);
Value formatNumber(Call &call);
Value formatInteger(Call &call);
Value parseInteger(Call &call);

Value boolean(Call &call);
Value negation(Call &call);
Value exists(Call &call);
Value count(Call &call);
Value append(Call &call);
Value reverse(Call &call);
Value shuffle(Call &call);
Value distinct(Call &call);
Value zip(Call &call);
Value sort(Call &call);

Value keys(Call &call);
Value lookup(Call &call);
Value spread(Call &call);
Value merge(Call &call);
Value each(Call &call);
Value sift(Call &call);
Value type(Call &call);
Value clone(Call &call);
Value error(Call &call);
Value check(Call &call);
Value eval(Call &call);

Value map(Call &call);
Value filter(Call &call);
Value single(Call &call);
Value reduce(Call &call);

Value now(Call &call);
Value millis(Call &call);
Value fromMillis(Call &call);
Value toMillis(Call &call);

Value toMajor(Call &call);
Value toMinor(Call &call);
Value convertCurrency(Call &call);
Value roundHalfUp(Call &call);
Value sfDateTime(Call &call);
Value sfDate(Call &call);
Value mapValue(Call &call);
Value parseJsonText(Call &call);
Value normalizeEmail(Call &call);
Value normalizeName(Call &call);
Value normalizePhone(Call &call);

} // namespace tw::expr::fn
