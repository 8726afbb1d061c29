// step: contract
// from main.neuro:31
//   contract f32[b, o=128]

enable f16;
struct Params {
  n_b: i32, // b
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> in0: array<f32>; // x [b, d=64]
@group(0) @binding(2) var<storage, read> in1: array<vec4<f16>>; // w [o=128, d=64]
@group(0) @binding(3) var<storage, read_write> out0: array<f32>; // y [b, o=128]
var<workgroup> row_piece: array<vec4f, 512>;
var<workgroup> parts: array<f32, 128>;
var<workgroup> total: array<f32, 32>;

@compute @workgroup_size(128)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let group = i32(id.x + id.y * groups.x);
  if (group >= ((p.n_b + 3) / 4) * ((128 + 7) / 8)) { return; }
  let first_column = group % ((128 + 7) / 8) * 8;
  let first_row = group / ((128 + 7) / 8) % ((p.n_b + 3) / 4) * 4;
  let batch = group / ((128 + 7) / 8) / ((p.n_b + 3) / 4);
  let rows = min(4, p.n_b - first_row);
  let slice = i32(lane) % 16;
  let column = first_column + i32(lane) / 16;
  var sum0 = f32();
  var sum1 = f32();
  var sum2 = f32();
  var sum3 = f32();
  for (var start = 0; start < 64; start += 512) {
    for (var q = i32(lane); q < rows * 128; q += 128) {
      let r0 = q / 128;
      let k1 = start + q % 128 * 4;
      var x = vec4f();
      if (k1 < 64) {
        for (var j = 0; j < 4; j++) {
          let k2 = k1 + j;
          let row3 = first_row + r0;
          let i4 = row3 * 64 + k2;
          let v5 = in0[i4];
          x[j] = v5;
        }
      }
      row_piece[q] = x;
    }
    workgroupBarrier();
    let end = min(512, 64 - start);
    if (column < 128) {
      for (var k = slice * 8; k < end; k += 128) {
        let at6 = start + k;
        let i7 = column * 64 + at6;
        let v8 = vec4f(in1[i7 / 4]);
        let v9 = vec4f(in1[(i7 + 4) / 4]);
        let v10 = vec4f(v8);
        let v11 = vec4f(v9);
        sum0 += dot(row_piece[0 + k / 4], v10) + dot(row_piece[0 + k / 4 + 1], v11);
        if (rows > 1) {
          sum1 += dot(row_piece[128 + k / 4], v10) + dot(row_piece[128 + k / 4 + 1], v11);
          sum2 += dot(row_piece[256 + k / 4], v10) + dot(row_piece[256 + k / 4 + 1], v11);
          sum3 += dot(row_piece[384 + k / 4], v10) + dot(row_piece[384 + k / 4 + 1], v11);
        }
      }
    }
    workgroupBarrier();
  }
  var sum = array<f32, 4>(sum0, sum1, sum2, sum3);
  for (var r = 0; r < rows; r++) {
    parts[lane] = sum[r];
    workgroupBarrier();
    if (lane < 8u) {
      var all = f32();
      for (var j = 0; j < 16; j++) { all += parts[i32(lane) * 16 + j]; }
      total[r * 8 + i32(lane)] = all;
    }
    workgroupBarrier();
  }
  for (var e = i32(lane); e < rows * 8; e += 128) {
    let row12 = first_row + e / 8;
    let column13 = first_column + e % 8;
    if (column13 < 128) {
      let v14 = total[e];
      let i15 = row12 * 128 + column13;
      out0[i15] = v14;
    }
  }
}
