// forward: attention
//   iota i32[u]
//   iota i32[t]
//   le bool[u, t]
//   contract f32[b, h=2, t, u]
//   mul f32[b, h=2, t, u]
//   attention f32[b, h=2, t, c=16]

struct Params {
  n_t: i32, // t
  n_u: i32, // u
  n_2_x_b: i32, // 2*b
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> in0: array<f32>; // q [b, h=2, t, k=16]
@group(0) @binding(2) var<storage, read> in1: array<f32>; // keys [b, h=2, u, k=16]
@group(0) @binding(3) var<storage, read> in2: array<vec4<f32>>; // values [b, h=2, u, c=16]
@group(0) @binding(4) var<storage, read_write> out0: array<f32>; // y [b, h=2, t, c=16]
var<workgroup> tile: array<f32, 1056>; // [row, key], a row every 33
var<workgroup> row_most: array<f32, 32>;
var<workgroup> row_sum: array<f32, 32>;
var<workgroup> row_shrink: array<f32, 32>;
var<workgroup> left: array<vec4f, 128>;
var<workgroup> right: array<vec4f, 128>;
var<workgroup> values: array<vec4f, 128>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let group = i32(id.x + id.y * groups.x);
  if (group >= p.n_2_x_b * ((p.n_t + 31) / 32) * ((16 + 31) / 32)) { return; }
  let across0 = (16 + 31) / 32;
  let down = (p.n_t + 31) / 32;
  let first_column = group % across0 * 32;
  let tile_row = group / across0 % down * 32;
  let batch = group / across0 / down;
  let my_row = i32(lane) / 8 * 4;
  let my_column = i32(lane) % 8 * 4;
  var out0_0 = vec4f();
  var out0_1 = vec4f();
  var out0_2 = vec4f();
  var out0_3 = vec4f();
  if (lane < 32u) { row_most[lane] = -1e30f; row_sum[lane] = 0f; }
  let last3 = min(tile_row + 31, p.n_t - 1);
  let end4 = select(p.n_u, clamp(last3 % p.n_t + 0i + 1, 0, p.n_u), tile_row / p.n_t == last3 / p.n_t);
  for (var tile_key = 0; tile_key < end4; tile_key += 32) {
    var suma0 = vec4f();
    var suma1 = vec4f();
    var suma2 = vec4f();
    var suma3 = vec4f();
    for (var start = 0; start < 16; start += 16) {
      for (var q5 = i32(lane); q5 < 128; q5 += 64) {
        let k7 = start + q5 % 16;
        let line8 = tile_row + q5 / 16 * 4;
        var x6 = vec4f();
        if (k7 < 16) {
          for (var j9 = 0; j9 < min(4, p.n_t - line8); j9++) {
            let line10 = line8 + j9;
            let i11 = (batch * p.n_t + line10) * 16 + k7;
            let v12 = in0[i11];
            x6[j9] = v12;
          }
        }
        left[(k7 - start) * 8 + (line8 - tile_row) / 4] = x6;
      }
      for (var q13 = i32(lane); q13 < 128; q13 += 64) {
        let k15 = start + q13 % 16;
        let line16 = tile_key + q13 / 16 * 4;
        var x14 = vec4f();
        if (k15 < 16) {
          for (var j17 = 0; j17 < min(4, p.n_u - line16); j17++) {
            let line18 = line16 + j17;
            let i19 = (batch * p.n_u + line18) * 16 + k15;
            let v20 = in1[i19];
            x14[j17] = v20;
          }
        }
        right[(k15 - start) * 8 + (line16 - tile_key) / 4] = x14;
      }
      workgroupBarrier();
      for (var k = 0; k < 128; k += 8) {
        let left_0 = left[k + my_row / 4];
        let right_0 = right[k + my_column / 4];
        suma0 += left_0[0] * right_0;
        suma1 += left_0[1] * right_0;
        suma2 += left_0[2] * right_0;
        suma3 += left_0[3] * right_0;
      }
      workgroupBarrier();
    }
    var suma = array<vec4f, 4>(suma0, suma1, suma2, suma3);
    for (var e = 0; e < 16; e++) {
      let row21 = tile_row + my_row + e / 4;
      let key22 = tile_key + my_column + e % 4;
      var x = -3e38f;
      if (row21 < p.n_t && key22 < p.n_u) {
        let v23 = (key22 <= row21);
        if (v23) {
          let v24 = (suma[e / 4][e % 4] * 0.25f);
          x = v24;
        }
      }
      tile[(my_row + e / 4) * 33 + my_column + e % 4] = x;
    }
    workgroupBarrier();
    if (lane < 32u) {
      let first = i32(lane) * 33;
      var largest = row_most[lane];
      for (var j = first; j < first + 32; j++) { largest = max(largest, tile[j]); }
      let shrink = exp(row_most[lane] - largest);
      var total = row_sum[lane] * shrink;
      for (var j = first; j < first + 32; j++) {
        let share = select(exp(tile[j] - largest), 0f, tile[j] < -2e38f);
        tile[j] = share;
        total += share;
      }
      row_most[lane] = largest;
      row_sum[lane] = total;
      row_shrink[lane] = shrink;
    }
    workgroupBarrier();
    out0_0 *= row_shrink[my_row + 0];
    out0_1 *= row_shrink[my_row + 1];
    out0_2 *= row_shrink[my_row + 2];
    out0_3 *= row_shrink[my_row + 3];
    for (var half25 = 0; half25 < 32; half25 += 16) {
      let start26 = tile_key + half25;
      for (var q27 = i32(lane); q27 < 128; q27 += 64) {
        let k29 = start26 + q27 / 8;
        let line30 = first_column + q27 % 8 * 4;
        var x28 = vec4f();
        if (k29 < p.n_u && line30 < 16) {
          let i31 = (batch * p.n_u + k29) * 16 + line30;
          let v32 = in2[i31 / 4];
          x28 = v32;
        }
        values[(k29 - start26) * 8 + (line30 - first_column) / 4] = x28;
      }
      workgroupBarrier();
      for (var k = 0; k < 16; k++) {
        let v = values[k * 8 + my_column / 4];
        out0_0 += tile[(my_row + 0) * 33 + half25 + k] * v;
        out0_1 += tile[(my_row + 1) * 33 + half25 + k] * v;
        out0_2 += tile[(my_row + 2) * 33 + half25 + k] * v;
        out0_3 += tile[(my_row + 3) * 33 + half25 + k] * v;
      }
      workgroupBarrier();
    }
  }
  var outs = array<vec4f, 4>(out0_0, out0_1, out0_2, out0_3);
  for (var e = 0; e < 16; e++) {
    let row33 = tile_row + my_row + e / 4 % 4;
    let column34 = first_column + e / 16 * 32 + my_column + e % 4;
    if (row33 < p.n_t && column34 < 16) {
      let value35 = outs[e / 4][e % 4] / max(row_sum[my_row + e / 4 % 4], 1e-30f);
      let i36 = (batch * p.n_t + row33) * 16 + column34;
      out0[i36] = value35;
    }
  }
}
