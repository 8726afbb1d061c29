// backward: contract-mul
//   contract f32[b, h=2, t, u]
//   iota i32[u]
//   iota i32[t]
//   le bool[u, t]
//   mul f32[b, h=2, t, u]
//   sub f32[b, h=2, t, u]
//   exp f32[b, h=2, t, u]
//   select f32[b, h=2, t, u]
//   contract f32[b, h=2, k=16, u]
//   mul f32[b, h=2, k=16, u]

struct Params {
  n_u: i32, // u
  n_t: i32, // t
  n_2_x_b: i32, // 2*b
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> in0: array<f32>; // keys [b, h=2, u, k=16]
@group(0) @binding(2) var<storage, read> in1: array<vec4<f32>>; // q [b, h=2, t, k=16]
@group(0) @binding(3) var<storage, read> in2: array<f32>; // values [b, h=2, u, c=16]
@group(0) @binding(4) var<storage, read> in3: array<f32>; // g [b, h=2, t, c=16]
@group(0) @binding(5) var<storage, read_write> in4: array<f32>; // [b, h=2, t]
@group(0) @binding(6) var<storage, read_write> in5: array<f32>; // [b, h=2, t]
@group(0) @binding(7) var<storage, read_write> out0: array<f32>; // dk [b, h=2, k=16, u]
var<workgroup> tile: array<f32, 1056>; // [row, key], a row every 33
var<workgroup> left: array<vec4f, 128>;
var<workgroup> right: array<vec4f, 128>;
var<workgroup> left1: array<vec4f, 128>;
var<workgroup> right1: array<vec4f, 128>;
var<workgroup> values: array<vec4f, 128>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let group = i32(id.x + id.y * groups.x);
  if (group >= p.n_2_x_b * ((p.n_u + 31) / 32) * ((16 + 31) / 32)) { return; }
  let across0 = (16 + 31) / 32;
  let down = (p.n_u + 31) / 32;
  let first_column = group % across0 * 32;
  let tile_row = group / across0 % down * 32;
  let batch = group / across0 / down;
  let my_row = i32(lane) / 8 * 4;
  let my_column = i32(lane) % 8 * 4;
  var out0_0 = vec4f();
  var out0_1 = vec4f();
  var out0_2 = vec4f();
  var out0_3 = vec4f();
  for (var tile_key = 0; tile_key < p.n_t; tile_key += 32) {
    var suma0 = vec4f();
    var suma1 = vec4f();
    var suma2 = vec4f();
    var suma3 = vec4f();
    var sumb0 = vec4f();
    var sumb1 = vec4f();
    var sumb2 = vec4f();
    var sumb3 = vec4f();
    for (var start = 0; start < 16; start += 16) {
      for (var q3 = i32(lane); q3 < 128; q3 += 64) {
        let k5 = start + q3 % 16;
        let line6 = tile_row + q3 / 16 * 4;
        var x4 = vec4f();
        if (k5 < 16) {
          for (var j7 = 0; j7 < min(4, p.n_u - line6); j7++) {
            let line8 = line6 + j7;
            let i9 = (batch * p.n_u + line8) * 16 + k5;
            let v10 = in0[i9];
            x4[j7] = v10;
          }
        }
        left[(k5 - start) * 8 + (line6 - tile_row) / 4] = x4;
      }
      for (var q11 = i32(lane); q11 < 128; q11 += 64) {
        let k13 = start + q11 % 16;
        let line14 = tile_key + q11 / 16 * 4;
        var x12 = vec4f();
        if (k13 < 16) {
          for (var j15 = 0; j15 < min(4, p.n_t - line14); j15++) {
            let line16 = line14 + j15;
            let i17 = (batch * p.n_t + line16) * 16 + k13;
            let v18 = in1[i17 / 4][i17 % 4];
            x12[j15] = v18;
          }
        }
        right[(k13 - start) * 8 + (line14 - tile_key) / 4] = x12;
      }
      for (var q19 = i32(lane); q19 < 128; q19 += 64) {
        let k21 = start + q19 % 16;
        let line22 = tile_row + q19 / 16 * 4;
        var x20 = vec4f();
        if (k21 < 16) {
          for (var j23 = 0; j23 < min(4, p.n_u - line22); j23++) {
            let line24 = line22 + j23;
            let i25 = (batch * p.n_u + line24) * 16 + k21;
            let v26 = in2[i25];
            x20[j23] = v26;
          }
        }
        left1[(k21 - start) * 8 + (line22 - tile_row) / 4] = x20;
      }
      for (var q27 = i32(lane); q27 < 128; q27 += 64) {
        let k29 = start + q27 % 16;
        let line30 = tile_key + q27 / 16 * 4;
        var x28 = vec4f();
        if (k29 < 16) {
          for (var j31 = 0; j31 < min(4, p.n_t - line30); j31++) {
            let line32 = line30 + j31;
            let i33 = (batch * p.n_t + line32) * 16 + k29;
            let v34 = in3[i33];
            x28[j31] = v34;
          }
        }
        right1[(k29 - start) * 8 + (line30 - tile_key) / 4] = x28;
      }
      workgroupBarrier();
      for (var k = 0; k < 128; k += 8) {
        let left_0 = left[k + my_row / 4];
        let right_0 = right[k + my_column / 4];
        let left1_0 = left1[k + my_row / 4];
        let right1_0 = right1[k + my_column / 4];
        suma0 += left_0[0] * right_0;
        suma1 += left_0[1] * right_0;
        suma2 += left_0[2] * right_0;
        suma3 += left_0[3] * right_0;
        sumb0 += left1_0[0] * right1_0;
        sumb1 += left1_0[1] * right1_0;
        sumb2 += left1_0[2] * right1_0;
        sumb3 += left1_0[3] * right1_0;
      }
      workgroupBarrier();
    }
    var suma = array<vec4f, 4>(suma0, suma1, suma2, suma3);
    var sumb = array<vec4f, 4>(sumb0, sumb1, sumb2, sumb3);
    for (var e = 0; e < 16; e++) {
      let row35 = tile_row + my_row + e / 4;
      let key36 = tile_key + my_column + e % 4;
      var x = 0f;
      if (row35 < p.n_u && key36 < p.n_t) {
        let v37 = (row35 <= key36);
        let v38 = (suma[e / 4][e % 4] * 0.25f);
        let i39 = batch * p.n_t + key36;
        let v40 = in4[i39];
        let v41 = (v38 - v40);
        let v42 = exp(v41);
        let v43 = select(0f, v42, v37);
        let v44 = in5[i39];
        let v45 = (sumb[e / 4][e % 4] - v44);
        let v46 = (v43 * v45);
        x = v46;
      }
      tile[(my_row + e / 4) * 33 + my_column + e % 4] = x;
    }
    workgroupBarrier();
    for (var half47 = 0; half47 < 32; half47 += 16) {
      let start48 = tile_key + half47;
      for (var q49 = i32(lane); q49 < 128; q49 += 64) {
        let k51 = start48 + q49 / 8;
        let line52 = first_column + q49 % 8 * 4;
        var x50 = vec4f();
        if (k51 < p.n_t && line52 < 16) {
          let i53 = (batch * p.n_t + k51) * 16 + line52;
          let v54 = in1[i53 / 4];
          x50 = v54;
        }
        values[(k51 - start48) * 8 + (line52 - first_column) / 4] = x50;
      }
      workgroupBarrier();
      for (var k = 0; k < 16; k++) {
        let v = values[k * 8 + my_column / 4];
        out0_0 += tile[(my_row + 0) * 33 + half47 + k] * v;
        out0_1 += tile[(my_row + 1) * 33 + half47 + k] * v;
        out0_2 += tile[(my_row + 2) * 33 + half47 + k] * v;
        out0_3 += tile[(my_row + 3) * 33 + half47 + k] * v;
      }
      workgroupBarrier();
    }
  }
  var outs = array<vec4f, 4>(out0_0, out0_1, out0_2, out0_3);
  for (var e = 0; e < 16; e++) {
    let row55 = tile_row + my_row + e / 4 % 4;
    let column56 = first_column + e / 16 * 32 + my_column + e % 4;
    if (row55 < p.n_u && column56 < 16) {
      let value57 = outs[e / 4][e % 4];
      let v58 = (value57 * 0.25f);
      let i59 = (batch * 16 + column56) * p.n_u + row55;
      out0[i59] = v58;
    }
  }
}
