// step: contract-mul
// from main.neuro:31
//   mul f32[b, d=64]
//   sum f32[b]
//   mul f32[b]
//   add f32[b]
//   rsqrt f32[b]
//   contract f32[b, o=128]
//   ge bool[b, o=128]
//   abs f32[b, o=128]
//   neg f32[b, o=128]
//   exp f32[b, o=128]
//   select f32[b, o=128]
//   add f32[b, o=128]
//   div f32[b, o=128]
//   mul f32[b, o=128]

struct Params {
  n_b: i32, // b
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> in0: array<f32>; // x [b, d=64]
@group(0) @binding(2) var<storage, read> in1: array<f32>; // scale [d=64]
@group(0) @binding(3) var<storage, read> in2: array<vec4<f32>>; // gate [d=64, o=128]
@group(0) @binding(4) var<storage, read> in3: array<vec4<f32>>; // up [d=64, o=128]
@group(0) @binding(5) var<storage, read_write> out0: array<f32>; // y [b, o=128]
var<workgroup> row_value0: array<f32, 4>;
var<workgroup> lane_values: array<f32, 128>;
var<workgroup> row_piece: array<f32, 2048>;
var<workgroup> parts: array<vec4f, 128>;
var<workgroup> total_a: array<vec4f, 32>;
var<workgroup> total_b: array<vec4f, 32>;

@compute @workgroup_size(128)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let group = i32(id.x + id.y * groups.x);
  if (group >= ((p.n_b + 3) / 4) * ((128 + 31) / 32)) { return; }
  let first_column = group % ((128 + 31) / 32) * 32;
  let first_row = group / ((128 + 31) / 32) % ((p.n_b + 3) / 4) * 4;
  let batch = group / ((128 + 31) / 32) / ((p.n_b + 3) / 4);
  let rows = min(4, p.n_b - first_row);
  for (var r = 0; r < rows; r++) {
    let row0 = first_row + r;
    var total1 = 0f;
    for (var k2 = i32(lane); k2 < 64; k2 += 128) {
      let i3 = row0 * 64 + k2;
      let v4 = in0[i3];
      let v5 = (v4 * v4);
      total1 = total1 + v5;
    }
    lane_values[lane] = total1;
    workgroupBarrier();
    for (var half = 64u; half > 0u; half >>= 1u) {
      if (lane < half) {
        lane_values[lane] = lane_values[lane] + lane_values[lane + half];
      }
      workgroupBarrier();
    }
    total1 = lane_values[0];
    workgroupBarrier();
    let v6 = (total1 * 0.015625f);
    let v7 = (v6 + 0.000001f);
    let v8 = inverseSqrt(v7);
    if (lane == 0u) { row_value0[r] = v8; }
  }
  workgroupBarrier();
  let slice = i32(lane) / 8;
  let column = first_column + i32(lane) % 8 * 4;
  var sum_a0 = vec4f();
  var sum_a1 = vec4f();
  var sum_a2 = vec4f();
  var sum_a3 = vec4f();
  var sum_b0 = vec4f();
  var sum_b1 = vec4f();
  var sum_b2 = vec4f();
  var sum_b3 = vec4f();
  for (var start = 0; start < 64; start += 512) {
    for (var q = i32(lane); q < rows * 512; q += 128) {
      let r9 = q / 512;
      let k10 = start + q % 512;
      var x = 0f;
      if (k10 < 64) {
        let row11 = first_row + r9;
        let i12 = row11 * 64 + k10;
        let v13 = in0[i12];
        let v14 = (v13 * row_value0[r9]);
        let v15 = in1[k10];
        let v16 = (v14 * v15);
        x = v16;
      }
      row_piece[q] = x;
    }
    workgroupBarrier();
    let end = min(512, 64 - start);
    if (column < 128) {
      for (var k = slice; k < end; k += 16) {
        let at17 = start + k;
        let i18 = at17 * 128 + column;
        let v19 = in2[i18 / 4];
        let v20 = in3[i18 / 4];
        sum_a0 += row_piece[0 + k] * v19;
        sum_b0 += row_piece[0 + k] * v20;
        if (rows > 1) {
          sum_a1 += row_piece[512 + k] * v19;
          sum_b1 += row_piece[512 + k] * v20;
          sum_a2 += row_piece[1024 + k] * v19;
          sum_b2 += row_piece[1024 + k] * v20;
          sum_a3 += row_piece[1536 + k] * v19;
          sum_b3 += row_piece[1536 + k] * v20;
        }
      }
    }
    workgroupBarrier();
  }
  var sum_a = array<vec4f, 4>(sum_a0, sum_a1, sum_a2, sum_a3);
  for (var r = 0; r < rows; r++) {
    parts[lane] = sum_a[r];
    workgroupBarrier();
    if (lane < 8u) {
      var all = vec4f();
      for (var j = 0; j < 16; j++) { all += parts[i32(lane) + j * 8]; }
      total_a[r * 8 + i32(lane)] = all;
    }
    workgroupBarrier();
  }
  var sum_b = array<vec4f, 4>(sum_b0, sum_b1, sum_b2, sum_b3);
  for (var r = 0; r < rows; r++) {
    parts[lane] = sum_b[r];
    workgroupBarrier();
    if (lane < 8u) {
      var all = vec4f();
      for (var j = 0; j < 16; j++) { all += parts[i32(lane) + j * 8]; }
      total_b[r * 8 + i32(lane)] = all;
    }
    workgroupBarrier();
  }
  for (var e = i32(lane); e < rows * 32; e += 128) {
    let row21 = first_row + e / 32;
    let column22 = first_column + e % 32;
    if (column22 < 128) {
      let v23 = total_a[e / 4][e % 4];
      let v24 = total_b[e / 4][e % 4];
      let v25 = (v23 >= 0f);
      let v26 = abs(v23);
      let v27 = (-v26);
      let v28 = exp(v27);
      let v29 = select(v28, 1f, v25);
      let v30 = (v28 + 1f);
      let v31 = (v29 / v30);
      let v32 = (v23 * v31);
      let v33 = (v32 * v24);
      let i34 = row21 * 128 + column22;
      out0[i34] = v33;
    }
  }
}
