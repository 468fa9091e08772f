/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file decimal.h
 * @brief Exact decimal numbers for money, quantities and FEEL.
 *
 * 34 digits, exponents as IEEE 754-2008 decimal128. Neither infinities nor NaN exist: an operation
 * without a representable result answers an error. The scale (number of digits behind the point)
 * is kept: 1.10 stays 1.10, and 1.10 equals 1.1.
 */
#ifndef EFILE_DECIMAL_H
#define EFILE_DECIMAL_H

#include <stddef.h>
#include <stdint.h>

#include <efile/error.h>

EFILE_BEGIN_DECLS

/** @brief A decimal number; 16 opaque bytes (docs/ABI.md section 3). All zero bytes are the number 0. */
typedef struct efile_decimal {
	uint64_t opaque[2];
} efile_decimal;

/** @brief How a result that does not fit is rounded; rounding is always named. */
typedef enum efile_rounding {
	EFILE_ROUND_HALF_EVEN = 0,  /**< to the nearest, ties to the even digit (FEEL, decimal128) */
	EFILE_ROUND_HALF_UP = 1,    /**< to the nearest, ties away from zero (kaufmaennisch) */
	EFILE_ROUND_HALF_DOWN = 2,  /**< to the nearest, ties towards zero */
	EFILE_ROUND_UP = 3,         /**< away from zero */
	EFILE_ROUND_DOWN = 4,       /**< towards zero */
	EFILE_ROUND_CEILING = 5,    /**< towards plus infinity */
	EFILE_ROUND_FLOOR = 6,      /**< towards minus infinity */
	EFILE_ROUND_HALF_CEILING = 7 /**< to the nearest, ties towards plus infinity (XPath round) */
} efile_rounding;

enum { EFILE_DECIMAL_TEXT_SIZE = 64 /**< room for any decimal in scientific text with terminator */ };

/**
 * @brief Makes a decimal from an integer and a scale: (12345, 2) is 123.45.
 * @param coefficient the digits
 * @param scale       digits behind the point, 0 to 18
 * @return the number
 * @since 0.1
 */
EFILE_API efile_decimal efile_decimal_from_int(int64_t coefficient, int scale);

/**
 * @brief Reads a decimal: sign, digits, point, digits; with exponent if it has one.
 * @param[out] out the number
 * @param text     the text
 * @param length   bytes of text; (size_t)-1 if NUL-terminated
 * @retval EFILE_OK        read
 * @retval EFILE_E_INVALID not a number (blanks, thousands separators, "NaN", "Infinity" included)
 * @retval EFILE_E_LIMIT   more than 34 significant digits or exponent out of range
 * @since 0.1
 */
EFILE_API efile_status efile_decimal_parse(efile_decimal *out, const char *text, size_t length);

/**
 * @brief Writes a decimal in plain notation, scale kept ("119.00"); in scientific notation only
 *        where plain text would need more than 40 characters.
 * @param value the number
 * @param out   receives at most EFILE_DECIMAL_TEXT_SIZE bytes with terminator
 * @return out
 * @since 0.1
 */
EFILE_API char *efile_decimal_format(efile_decimal value, char *out);

/**
 * @brief Compares two decimals by value: 1.10 equals 1.1.
 * @param a left
 * @param b right
 * @return below, equal or above zero
 * @since 0.1
 */
EFILE_API int efile_decimal_compare(efile_decimal a, efile_decimal b);

/**
 * @brief The sign: -1, 0 or 1.
 * @param value the number
 * @return the sign
 * @since 0.1
 */
EFILE_API int efile_decimal_sign(efile_decimal value);

/**
 * @brief The number of digits behind the point as the number was written; negative for 1E+3.
 * @param value the number
 * @return the scale
 * @since 0.1
 */
EFILE_API int efile_decimal_scale(efile_decimal value);

/** @brief Adds: exact, or rounded half-even to 34 digits.
 * @param[out] out the sum @param a left @param b right
 * @retval EFILE_OK done @retval EFILE_E_LIMIT out of range; out is untouched
 * @since 0.1 */
EFILE_API efile_status efile_decimal_add(efile_decimal *out, efile_decimal a, efile_decimal b);
/** @brief Subtracts: exact, or rounded half-even to 34 digits.
 * @param[out] out the difference @param a left @param b right
 * @retval EFILE_OK done @retval EFILE_E_LIMIT out of range; out is untouched
 * @since 0.1 */
EFILE_API efile_status efile_decimal_subtract(efile_decimal *out, efile_decimal a, efile_decimal b);
/** @brief Multiplies: exact, or rounded half-even to 34 digits.
 * @param[out] out the product @param a left @param b right
 * @retval EFILE_OK done @retval EFILE_E_LIMIT out of range; out is untouched
 * @since 0.1 */
EFILE_API efile_status efile_decimal_multiply(efile_decimal *out, efile_decimal a, efile_decimal b);
/** @brief Divides: exact, or rounded half-even to 34 digits.
 * @param[out] out the quotient @param a dividend @param b divisor
 * @retval EFILE_OK done @retval EFILE_E_INVALID the divisor is zero @retval EFILE_E_LIMIT out of range
 * @since 0.1 */
EFILE_API efile_status efile_decimal_divide(efile_decimal *out, efile_decimal a, efile_decimal b);
/** @brief Rounds to a scale; the result has exactly that scale ("2.5" to scale 2 is "2.50").
 * @param[out] out the rounded number @param value the number
 * @param scale digits behind the point, -6111 to 6176 @param rounding how
 * @retval EFILE_OK done @retval EFILE_E_LIMIT the result needs more than 34 digits
 * @since 0.1 */
EFILE_API efile_status efile_decimal_round(efile_decimal *out, efile_decimal value, int scale,
					   efile_rounding rounding);
/** @brief The negative of a number.
 * @param value the number
 * @return its negative; zero stays zero
 * @since 0.1 */
EFILE_API efile_decimal efile_decimal_negate(efile_decimal value);
/** @brief Converts to an integer if the number is one and fits.
 * @param[out] out the integer @param value the number
 * @retval EFILE_OK done @retval EFILE_E_INVALID it has a fraction @retval EFILE_E_LIMIT too large
 * @since 0.1 */
EFILE_API efile_status efile_decimal_to_int(int64_t *out, efile_decimal value);

EFILE_END_DECLS

#endif
