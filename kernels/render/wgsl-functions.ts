/** WGSL functions that kernels may call: what the language lacks, or gives too roughly. Named `neuro_<what>_<dtype>`. */

const functions: Record<string, string> = {
  neuro_expm1_f32: `fn neuro_expm1_f32(x: f32) -> f32 {
  if (abs(x) > 0.5f) { return exp(x) - 1f; }
  return x * (1f + x * (0.5f + x * (0.16666667f + x * (0.041666668f + x * (0.008333334f + x * (0.0013888889f + x * 0.0001984127f))))));
}`,
  neuro_log1p_f32: `fn neuro_log1p_f32(x: f32) -> f32 {
  if (abs(x) > 0.5f) { return log(1f + x); }
  let s = x / (2f + x);
  let q = s * s;
  return 2f * s * (1f + q * (0.33333334f + q * (0.2f + q * (0.14285715f + q * (0.11111111f + q * 0.09090909f)))));
}`,
  // Built-in tanh may be made of exponentials that overflow, and loses what is small.
  neuro_tanh_f32: `fn neuro_tanh_f32(x: f32) -> f32 {
  let e = neuro_expm1_f32(2f * min(abs(x), 10f));
  return sign(x) * e / (e + 2f);
}`,
  // Near 0 the series of Abramowitz and Stegun 7.1.6, else 7.1.26 with six digits beyond it (Numerical Recipes, erfcc).
  neuro_erf_f32: `fn neuro_erf_f32(x: f32) -> f32 {
  let a = abs(x);
  let q = x * x;
  if (a < 1f) {
    return x * exp(-q) * 1.1283792f * (1f + q * (0.6666667f + q * (0.26666668f + q * (0.07619048f + q * (0.016931217f + q * (0.003078403f + q * (0.00047360049f + q * 0.00006314673f)))))));
  }
  let t = 1f / (1f + 0.5f * a);
  let tail = t * exp(-q - 1.26551223f + t * (1.00002368f + t * (0.37409196f + t * (0.09678418f + t * (-0.18628806f + t * (0.27886807f + t * (-1.13520398f + t * (1.48851587f + t * (-0.82215223f + t * 0.17087277f)))))))));
  return sign(x) * (1f - tail);
}`,
  neuro_mod_f32: `fn neuro_mod_f32(a: f32, b: f32) -> f32 { return a - b * floor(a / b); }`,
  neuro_idiv_i32: `fn neuro_idiv_i32(a: i32, b: i32) -> i32 { return a / b - select(0i, 1i, a % b != 0i && ((a < 0i) != (b < 0i))); }`,
  neuro_mod_i32: `fn neuro_mod_i32(a: i32, b: i32) -> i32 { return a - b * neuro_idiv_i32(a, b); }`,
  neuro_idiv_u32: `fn neuro_idiv_u32(a: u32, b: u32) -> u32 { return a / b; }`,
  neuro_mod_u32: `fn neuro_mod_u32(a: u32, b: u32) -> u32 { return a % b; }`,
  // Built-in pow is undefined for a negative base; here it is a real number when the exponent is whole.
  neuro_pow_f32: `fn neuro_pow_f32(a: f32, b: f32) -> f32 {
  if (b == 0f) { return 1f; }
  if (b == 1f) { return a; }
  if (b == 2f) { return a * a; }
  if (a == 0f) { return select(0f, 1f / a, b < 0f); }
  let size = pow(abs(a), b);
  return select(size, -size, a < 0f && floor(b * 0.5f) * 2f != b);
}`,
  // Built-in sine and cosine promise 2^-11. These are the polynomials of Cephes (sinf.c) on a quarter turn, reduced in three parts.
  neuro_quarter_f32: `fn neuro_quarter_f32(x: f32, ahead: i32) -> f32 {
  let n = round(x * 0.63661977f);
  let r = ((x - n * 1.5703125f) - n * 0.0004837513f) - n * 0.0000000754979f;
  let q = r * r;
  let s = r + r * q * (-0.16666655f + q * (0.008332161f - q * 0.00019515296f));
  let c = 1f - 0.5f * q + q * q * (0.041666646f + q * (-0.0013887316f + q * 0.000024433157f));
  let quarter = (i32(n) + ahead) & 3;
  let size = select(s, c, (quarter & 1) == 1);
  return select(size, -size, quarter >= 2);
}`,
  neuro_sin_f32: `fn neuro_sin_f32(x: f32) -> f32 { return neuro_quarter_f32(x, 0); }`,
  neuro_cos_f32: `fn neuro_cos_f32(x: f32) -> f32 { return neuro_quarter_f32(x, 1); }`,
  // Built-in acos may be off by 2^-11 too (Cephes, asinf.c): near 0 a polynomial, else by the half angle.
  neuro_acos_f32: `fn neuro_acos_f32(x: f32) -> f32 {
  let far = abs(x) > 0.5f;
  let q = select(x * x, 0.5f * (1f - abs(x)), far);
  let s = select(x, sqrt(q), far);
  let a = s + s * q * (0.16666752f + q * (0.074953002f + q * (0.0454700260f + q * (0.024181311f + q * 0.0421631990f))));
  if (!far) { return 1.5707964f - a; }
  return select(2f * a, 3.1415927f - 2f * a, x < 0f);
}`,
  neuro_dot_i8: `fn neuro_dot_i8(a: u32, b: u32) -> i32 {
  let places = vec4u(24u, 16u, 8u, 0u);
  return dot(bitcast<vec4i>(vec4u(a) << places) >> vec4u(24u), bitcast<vec4i>(vec4u(b) << places) >> vec4u(24u));
}`,
  // Storage floats: half to even, as `nearest` in ir/dtype.ts has it.
  neuro_to_bf16: `fn neuro_to_bf16(x: f32) -> u32 {
  let bits = bitcast<u32>(x);
  return select((bits + 0x7fffu + ((bits >> 16u) & 1u)) >> 16u, (bits >> 16u) | 0x40u, (bits & 0x7fffffffu) > 0x7f800000u);
}`,
  neuro_from_bf16: `fn neuro_from_bf16(bits: u32) -> f32 { return bitcast<f32>(bits << 16u); }`,
  neuro_to_e4m3: `fn neuro_to_e4m3(x: f32) -> u32 {
  let sign = (bitcast<u32>(x) >> 24u) & 0x80u;
  if ((bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u) { return sign | 0x7fu; }
  let size = min(abs(x), 448f);
  if (size < 0.015625f) { return sign | u32(round(size * 512f)); }
  let bits = bitcast<u32>(size);
  return sign | (((bits + 0x7ffffu + ((bits >> 20u) & 1u)) >> 20u) - 960u);
}`,
  neuro_from_e4m3: `fn neuro_from_e4m3(bits: u32) -> f32 {
  let size = bits & 0x7fu;
  if (size == 0x7fu) { return bitcast<f32>(0x7fc00000u | (bits & 0u)); }
  let value = select(bitcast<f32>((size + 960u) << 20u), f32(size) * 0.001953125f, size < 8u);
  return select(value, -value, (bits & 0x80u) != 0u);
}`,
  neuro_to_e5m2: `fn neuro_to_e5m2(x: f32) -> u32 {
  let sign = (bitcast<u32>(x) >> 24u) & 0x80u;
  if ((bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u) { return sign | 0x7fu; }
  let size = min(abs(x), 57344f);
  if (size < 0.00006103515625f) { return sign | u32(round(size * 65536f)); }
  let bits = bitcast<u32>(size);
  return sign | (((bits + 0xfffffu + ((bits >> 21u) & 1u)) >> 21u) - 448u);
}`,
  neuro_from_e5m2: `fn neuro_from_e5m2(bits: u32) -> f32 { return unpack2x16float(bits << 8u).x; }`,
  neuro_high_u32: `fn neuro_high_u32(a: u32, b: u32) -> u32 {
  let middle = (a >> 16u) * (b & 0xffffu) + (((a & 0xffffu) * (b & 0xffffu)) >> 16u);
  let low = (a & 0xffffu) * (b >> 16u) + (middle & 0xffffu);
  return (a >> 16u) * (b >> 16u) + (middle >> 16u) + (low >> 16u);
}`,
  // Philox 4x32-10 (Salmon et al. 2011).
  neuro_philox_u32: `fn neuro_philox_u32(counter: vec4u, seed: u32, step: u32) -> vec4u {
  var c = counter;
  var key = vec2u(seed, step);
  for (var round = 0; round < 10; round++) {
    c = vec4u(
      neuro_high_u32(0xcd9e8d57u, c.z) ^ c.y ^ key.x, 0xcd9e8d57u * c.z,
      neuro_high_u32(0xd2511f53u, c.x) ^ c.w ^ key.y, 0xd2511f53u * c.x);
    key += vec2u(0x9e3779b9u, 0xbb67ae85u);
  }
  return c;
}`,
};

/** The functions that a body calls, and those that they call, in the order of the table. */
export function functionsFor(body: string): string[] {
  const needed = new Set<string>();
  const look = (text: string): void => {
    for (const [name] of text.matchAll(/neuro_[a-z0-9]+_[a-z0-9]+/g)) {
      const source = functions[name];
      if (!source) throw new Error(`no WGSL function ${name}`);
      if (needed.has(name)) continue;
      needed.add(name);
      look(source);
    }
  };
  look(body);
  return Object.entries(functions).flatMap(([name, source]) => (needed.has(name) ? [source] : []));
}
