// forward: contract-add
//   contract f32[b, t, o=64]
//   rename f32[b, t, d=64]
//   add f32[b, t, d=64]

struct Params {
  n_b_x_t: i32, // b*t
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> in0: array<f32>; // x [b, t, d=64]
@group(0) @binding(2) var<storage, read> in1: array<vec4<f32>>; // w [d=64, o=64]
@group(0) @binding(3) var<storage, read_write> out0: array<f32>; // y [b, t, d=64]
var<workgroup> left: array<vec4f, 128>;
var<workgroup> right: array<vec4f, 128>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let group = i32(id.x + id.y * groups.x);
  if (group >= ((p.n_b_x_t + 31) / 32) * ((64 + 31) / 32)) { return; }
  let across = (64 + 31) / 32;
  let down = (p.n_b_x_t + 31) / 32;
  let batch = group / (across * down);
  let tile_row = group / across % down * 32;
  let tile_column = group % across * 32;
  let my_row = i32(lane) / 8 * 4;
  let my_column = i32(lane) % 8 * 4;
  var suma0 = vec4f();
  var suma1 = vec4f();
  var suma2 = vec4f();
  var suma3 = vec4f();
  for (var start = 0; start < 64; start += 16) {
    for (var q0 = i32(lane); q0 < 128; q0 += 64) {
      let k2 = start + q0 % 16;
      let line3 = tile_row + q0 / 16 * 4;
      var x1 = vec4f();
      if (k2 < 64) {
        for (var j4 = 0; j4 < min(4, p.n_b_x_t - line3); j4++) {
          let line5 = line3 + j4;
          let i8 = line5 * 64 + k2;
          let v9 = in0[i8];
          x1[j4] = v9;
        }
      }
      left[(k2 - start) * 8 + (line3 - tile_row) / 4] = x1;
    }
    for (var q10 = i32(lane); q10 < 128; q10 += 64) {
      let k12 = start + q10 / 8;
      let line13 = tile_column + q10 % 8 * 4;
      var x11 = vec4f();
      if (k12 < 64 && line13 < 64) {
        let i14 = k12 * 64 + line13;
        let v15 = in1[i14 / 4];
        x11 = v15;
      }
      right[(k12 - start) * 8 + (line13 - tile_column) / 4] = x11;
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
    let row16 = tile_row + my_row + e / 4;
    let column17 = tile_column + my_column + e % 4;
    if (row16 < p.n_b_x_t && column17 < 64) {
      let v20 = suma[e / 4][e % 4];
      let i21 = row16 * 64 + column17;
      let v22 = in0[i21];
      let v23 = (v22 + v20);
      out0[i21] = v23;
    }
  }
}
